/** The real SDK client against the contract of v1: what it sends is what `decode` reads, what `encode` writes is what it reads. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as sdk from "@aws-sdk/client-ses";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { v1StructureValues } from "../../../test/support/v1-values.ts";
import { violations } from "./constraints.ts";
import { decode } from "./decode.ts";
import { encode, encodeError } from "./encode.ts";
import { QueryApiError, v1Errors } from "./errors.ts";
import { isOperationName, operationNamed, operationNames } from "./model.ts";
import { readParameters, requestedAction } from "./parameters.ts";

interface Exchange {
  readonly operation: string;
  readonly input: unknown;
  readonly violations: readonly unknown[];
}

const exchanges: Exchange[] = [];
let answer: { readonly output: unknown } | { readonly error: QueryApiError };
let client: sdk.SESClient;

async function serve(request: IncomingMessage): Promise<[status: number, body: string]> {
  const parameters = readParameters((request.url ?? "").split("?")[1] ?? "", await buffer(request));
  const { action, version } = requestedAction(parameters);
  if (!isOperationName(action)) throw v1Errors.actionUnknown(action, version);
  const input = decode(action, parameters);
  exchanges.push({ operation: action, input, violations: violations(action, input) });
  if ("error" in answer) return [answer.error.status, encodeError(answer.error, "id")];
  return [200, encode(action, Object(answer.output), "id")];
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  serve(request)
    .then(([status, body]) => response.writeHead(status, { "content-type": "text/xml" }).end(body))
    .catch((error: Error) => response.writeHead(500).end(error.message));
}

const server = createServer(respond);

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  client = new sdk.SESClient({
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

/** With bytes as text. */
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

test.each(operationNames)("%s", async (name) => {
  const operation = operationNamed(name);
  const inputs = fc.sample(v1StructureValues(operation.input), { numRuns: 8, seed: 7 });
  const outputs = operation.output
    ? fc.sample(v1StructureValues(operation.output), { numRuns: 8, seed: 11 })
    : inputs.map(() => ({}));
  for (const [index, input] of inputs.entries()) {
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

test("the client makes its own exceptions of errors, with their members and any text", async () => {
  const text = 'Template <a&b> does not exist.\r\nSo much for "it"';
  answer = { error: new QueryApiError("TemplateDoesNotExist", text, { TemplateName: "<a&b>" }) };
  const refused = await send("GetTemplate", { TemplateName: "<a&b>" }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(sdk.TemplateDoesNotExistException);
  expect(refused).toMatchObject({ message: text, TemplateName: "<a&b>", $metadata: { httpStatusCode: 400 } });
  answer = { error: v1Errors.numberInvalid() };
  const malformed = await send("ListIdentities", {}).catch((error: unknown) => error);
  expect(malformed).toMatchObject({ name: "MalformedInput", $metadata: { httpStatusCode: 400 } });
});
