/**
 * An HTTP double of AWS services: it records the calls of an SDK's client and answers what the test says. It knows the
 * JSON protocols (EventBridge, Firehose, CloudWatch) and the query protocol (SNS).
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { awsEnvironment } from "./aws-environment.ts";

export interface AwsCall<Input> {
  /** `AWSEvents.PutEvents`, or the action of the query protocol. */
  operation: string;
  headers: NodeJS.Dict<string | string[]>;
  /** The fields of a form in the query protocol. */
  input: Input;
}

/** An answer; `hang` gives none. */
export type AwsAnswer = { status?: number; body?: unknown; headers?: Record<string, string> } | "hang" | "reset";

export interface AwsDouble<Input> {
  environment: Record<string, string>;
  calls: AwsCall<Input>[];
  /** Set by the test; called for each call. */
  answer: (call: AwsCall<Input>) => AwsAnswer;
  /** Cuts the connections whose calls hang. */
  cutHanging(): void;
  close(): Promise<void>;
}

/** @template Input what the test expects calls to contain */
export async function startAwsDouble<Input>(): Promise<AwsDouble<Input>> {
  const hanging = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
    const target = request.headers["x-amz-target"];
    const form = target === undefined ? Object.fromEntries(new URLSearchParams(text)) : undefined;
    const operation = form === undefined ? `${target}` : `${form.Action}`;
    const input: Input = JSON.parse(form === undefined ? text : JSON.stringify(form));
    const call = { operation, headers: request.headers, input };
    double.calls.push(call);
    const answer = double.answer(call);
    if (answer === "hang") {
      hanging.add(request.socket);
      return;
    }
    if (answer === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    const { status = 200, body = {}, headers = {} } = answer;
    const type = typeof body === "string" ? "text/xml" : (request.headers["content-type"] ?? "");
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the double has no port");
  const double: AwsDouble<Input> = {
    environment: awsEnvironment(`http://127.0.0.1:${address.port}`),
    calls: [],
    answer: () => ({}),
    cutHanging() {
      for (const socket of hanging) socket.destroy();
      hanging.clear();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return double;
}

/** An error in the JSON protocols. */
export function jsonError(status: number, code: string, message = "said the double"): AwsAnswer {
  return { status, body: { __type: code, message } };
}

/** An error in the query protocol. */
export function queryError(status: number, code: string, message = "said the double"): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>` };
}
