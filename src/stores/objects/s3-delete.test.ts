/** The requests that delete many files, as a server sees them. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ObjectStore } from "./object-store.ts";
import { openS3 } from "./s3.ts";

let server: Server;
let store: ObjectStore;
let requests: { method: string; keys: string[] }[];
let answer: { status: number; body: string };

beforeEach(async () => {
  requests = [];
  answer = { status: 200, body: "<DeleteResult></DeleteResult>" };
  server = createServer(async (request, response) => {
    const { method = "", url = "" } = request;
    const body = await text(request);
    const keys = [...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => key);
    requests.push({ method, keys: method === "POST" ? keys : [url.replace(/^\/bucket\/|\?.*/g, "")] });
    response.statusCode = method === "POST" ? answer.status : 204;
    response.end(method === "POST" ? answer.body : "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  store = await openS3({
    bucket: "bucket",
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});
afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const keys = (count: number) => Array.from({ length: count }, (_, index) => `mail/${index}.pack`);

it("deletes a thousand files per request", async () => {
  await store.deleteAll(keys(2_500));
  expect(requests.map(({ method, keys }) => [method, keys.length])).toEqual([
    ["POST", 1000],
    ["POST", 1000],
    ["POST", 500],
  ]);
  expect(requests.flatMap(({ keys }) => keys)).toEqual(keys(2_500));
  await store.deleteAll([]);
  expect(requests).toHaveLength(3);
});

it("fails if a file can't be deleted, unless it is gone already", async () => {
  const error = (code: string) =>
    `<DeleteResult><Error><Key>mail/0.pack</Key><Code>${code}</Code></Error></DeleteResult>`;
  answer.body = error("NoSuchKey");
  await store.deleteAll(keys(2));
  answer.body = error("AccessDenied");
  await expect(store.deleteAll(keys(2))).rejects.toThrow("S3 could not delete mail/0.pack: AccessDenied");
});

it.each([501, 405, 400])("deletes one file per request where the server answers %d", async (status) => {
  answer = { status, body: "<Error><Code>NotImplemented</Code></Error>" };
  await store.deleteAll(keys(40));
  await store.deleteAll(keys(1));
  expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
  const deleted = requests.flatMap(({ method, keys }) => (method === "DELETE" ? keys : []));
  expect(deleted.sort()).toEqual([...keys(40), ...keys(1)].sort());
});

it("passes on a refusal, and tries again with many", async () => {
  answer = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
  await expect(store.deleteAll(keys(3))).rejects.toMatchObject({ name: "AccessDenied" });
  answer = { status: 200, body: "<DeleteResult></DeleteResult>" };
  await store.deleteAll(keys(3));
  expect(requests.map(({ method }) => method)).toEqual(["POST", "POST"]);
});
