/** The real SDK client against the contract: what it sends is what `decode` reads, what `encode` writes is what it reads. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as sdk from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { validValues } from "../../test/support/valid-values.ts";
import { unconstrained } from "./constraint-table.ts";
import { violations } from "./constraints.ts";
import { decode } from "./decode.ts";
import { encode, encodeError } from "./encode.ts";
import { ServiceError } from "./errors/service-error.ts";
import { errors } from "./errors.ts";
import { operations } from "./operations.ts";
import { route } from "./router.ts";

interface Exchange {
  readonly operation: string;
  readonly input: unknown;
  readonly violations: readonly unknown[];
}

const exchanges: Exchange[] = [];
let answer: { readonly output: unknown } | { readonly error: ServiceError };
let client: sdk.SESv2Client;

async function serve(
  request: IncomingMessage,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  const found = route(request.method ?? "", path);
  if (found === undefined) throw errors.unknownOperation();
  const { name } = found.operation;
  const input = decode(name, { labels: found.labels, query, body: await buffer(request) });
  exchanges.push({ operation: name, input, violations: violations(name, input) });
  if ("error" in answer) throw answer.error;
  return { status: 200, headers: {}, body: encode(name, Object(answer.output)) };
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  serve(request)
    .catch((error: unknown) => encodeError(error instanceof ServiceError ? error : errors.internal()))
    .then(({ status, headers, body }) => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
    })
    .catch((error: Error) => response.destroy(error));
}

const server = createServer(respond);

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  client = new sdk.SESv2Client({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
});

afterAll(() => {
  client.destroy();
  server.close();
});

/** With bytes as text, and maps as any other object. */
function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]));
}

/** Sends an operation by its name: the SDK's types tie an input to its command only where the name is known. */
async function send(name: string, input: unknown): Promise<object> {
  const Command: unknown = Reflect.get(sdk, `${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no ${name}Command`);
  const { $metadata, ...output } = await client.send(Reflect.construct(Command, [input]));
  return output;
}

test.each(operations.map((operation) => [operation.name, operation] as const))("%s", async (name, operation) => {
  const inputs = fc.sample(validValues(operation.input, unconstrained), { numRuns: 4, seed: 7 });
  const outputs = fc.sample(validValues(operation.output, unconstrained), { numRuns: 4, seed: 11 });
  for (const [index, generated] of inputs.entries()) {
    // With an EndpointId the client wants to sign with SigV4a, which takes a native library.
    const { EndpointId, ...input } = Object(generated);
    // A query has no form for an empty list.
    for (const { name: member, location, required } of operation.members) {
      const isEmptyList = Array.isArray(input[member]) && input[member].length === 0;
      if (location === "query" && isEmptyList) input[member] = required ? ["x"] : undefined;
    }
    const output = outputs[index];
    answer = { output };
    const received = await send(name, input);
    const exchange = exchanges.pop();
    expect(exchange?.operation).toBe(name);
    expect(exchange?.violations).toEqual([]);
    expect(comparable(exchange?.input)).toEqual(comparable(input));
    expect(comparable(received)).toEqual(comparable(output));
  }
});

test("the client makes its own exceptions of our errors", async () => {
  answer = { error: errors.messageNotFound("1", "123456789012") };
  const notFound = await send("GetMessageInsights", { MessageId: "1" }).catch((error: unknown) => error);
  expect(notFound).toBeInstanceOf(sdk.NotFoundException);
  expect(notFound).toMatchObject({ message: "Message <1> not found for account <123456789012>" });
  answer = { error: errors.serialization() };
  const serialization = await send("GetMessageInsights", { MessageId: "1" }).catch((error: unknown) => error);
  expect(serialization).toMatchObject({ name: "SerializationException", $metadata: { httpStatusCode: 400 } });
});
