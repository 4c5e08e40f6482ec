/** Requests of Firehose and EventBridge to a source, and the answers. */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firehoseRequest, firehoseStream } from "../../../test/support/firehose-requests.ts";
import { createFailedAttempts } from "../../access/failed-attempts.ts";
import { createEventBridgeIntake } from "../../mirror/eventbridge/eventbridge-intake.ts";
import { createFirehoseIntake } from "../../mirror/firehose/firehose-intake.ts";
import type { MirrorSource } from "../../mirror/mirror-source.ts";
import type { Unread } from "../../mirror/read-records.ts";
import type { SourceSettings } from "../../mirror/source-settings.ts";
import type { MirrorSourceNote } from "../../stores/postgres/mirror-sources.ts";
import { mountBodies } from "../bodies/bodies.ts";
import { mirrorRoutes } from "./mirror.ts";

const url = "/mirror/5f0c7f0a-9f1e-4d6e-8d3c-2b1a09f8e7d6";
const secret = "s3cret-of-the-source";
const mib = 1 << 20;

let app: FastifyInstance;
let settings: SourceSettings;
/** The source's secret; undefined if it can't be decrypted. */
let known: string | undefined;
let calls: string[][];
let setAside: Unread[];
let notes: MirrorSourceNote[];
let fails: boolean;
/** Whether reading the sources from the database fails. */
let isLost: boolean;

beforeEach(() => {
  [calls, setAside, notes, fails, isLost, known] = [[], [], [], false, false, secret];
  const clock = () => new Date();
  const arrivals = { note: (_source: string, note: MirrorSourceNote) => void notes.push(note) };
  const sources = { secretOf: () => known };
  const ingest = {
    async take(_source: MirrorSource, records: Iterable<Uint8Array>) {
      if (fails) throw new Error("the database is down");
      const texts = [...records].map((record) => Buffer.from(record).toString());
      calls.push(texts);
      return { events: texts.length, setAside: 0, validations: 0, metrics: 0 };
    },
    async setAside(_source: MirrorSource, records: readonly Unread[]) {
      setAside.push(...records);
    },
  };
  const source = (): MirrorSource => ({
    ...{ id: "5f0c7f0a-9f1e-4d6e-8d3c-2b1a09f8e7d6", name: "prod", enabled: true, accounts: ["111122223333"] },
    ...{ region: "eu-west-1", suppresses: false, silenceSeconds: null, sealedSecret: null, createdAt: new Date() },
    ...{ confirmedAt: null, validatedAt: null, receivedAt: null, eventAt: null, error: null, errorAt: null },
    ...{ waiting: null, dropped: 0, settings },
  });
  app = Fastify();
  mountBodies(app, { memoryBytes: 200 * mib, discardBytes: 0 });
  app.register(mirrorRoutes, {
    sources: {
      async byId() {
        if (isLost) throw new Error("the database is down");
        return source();
      },
    },
    intakes: {
      sns: { longestBody: 0, takesGzip: false, admit: () => undefined, take: () => Promise.reject(new Error()) },
      firehose: createFirehoseIntake({ ingest, sources }),
      eventbridge: createEventBridgeIntake({ ingest, sources }),
    },
    arrivals,
    failedAttempts: createFailedAttempts(clock),
    clock,
  });
});
afterEach(() => app.close());

const errors = () => notes.flatMap(({ error }) => (error ? [error.text] : []));

describe("a request of Firehose", () => {
  beforeEach(() => {
    settings = { kind: "firehose" };
  });

  async function post({ headers, payload }: { headers: Record<string, string>; payload: Buffer | string }) {
    const answer = await app.inject({ method: "POST", url, headers, payload });
    const { "content-type": type, "content-length": length, "content-encoding": encoding } = answer.headers;
    expect([type, Number(length), encoding]).toEqual(["application/json", answer.rawPayload.length, undefined]);
    const { requestId, timestamp, errorMessage, ...others } = answer.json();
    expect(others).toEqual({});
    expect(Math.abs(timestamp - Date.now())).toBeLessThan(60_000);
    expect(requestId).toBe(headers["x-amz-firehose-request-id"] ?? "");
    expect(errorMessage === undefined).toBe(answer.statusCode === 200);
    return [answer.statusCode, errorMessage];
  }

  it.each([false, true])("is accepted, with gzip: %s", async (gzip) => {
    expect(await post(firehoseRequest(secret, ['{"a":1}\n', '{"a":2}\n{"a":3}\n'], { gzip }))).toEqual([
      200,
      undefined,
    ]);
    expect(calls.flat()).toEqual(['{"a":1}\n', '{"a":2}\n{"a":3}\n']);
    expect(errors()).toEqual([]);
  });

  it("is recorded in batches, and compressed records are decompressed", async () => {
    const large = `{"a":"${"x".repeat(700_000)}"}`;
    const records = [
      large,
      large,
      ...Array.from({ length: 1_200 }, (_, index) => `{"a":${index}}`),
      gzipSync('{"z":1}'),
    ];
    expect(await post(firehoseRequest(secret, records, { gzip: true }))).toEqual([200, undefined]);
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.flat()).toHaveLength(1_203);
    expect(calls.flat().at(-1)).toBe('{"z":1}');
  });

  it("has unreadable records set aside and the others recorded", async () => {
    const bomb = gzipSync(Buffer.alloc(9 * mib));
    const { headers } = firehoseRequest(secret, []);
    const records = [
      { data: 1 },
      null,
      { data: bomb.toString("base64") },
      { data: Buffer.from("{}").toString("base64") },
    ];
    expect(await post({ headers, payload: JSON.stringify({ requestId: "x", records }) })).toEqual([200, undefined]);
    expect(calls.flat()).toEqual(["{}"]);
    expect(setAside.map(({ text }) => text)).toEqual(['{"data":1}', "null", bomb.toString("base64")]);
  });

  it("with a wrong access key, or none, is refused before its body is read", async () => {
    const { headers, payload } = firehoseRequest(secret, ["{}"]);
    const { "x-amz-firehose-access-key": _, ...without } = headers;
    for (const wrong of [without, { ...headers, "x-amz-firehose-access-key": `${secret}2` }]) {
      expect(await post({ headers: wrong, payload })).toEqual([401, expect.stringContaining("access key")]);
      expect(await post({ headers: { ...wrong, "content-length": `${100 * mib}` }, payload: "" })).toEqual([
        401,
        expect.any(String),
      ]);
    }
    expect(errors()).toHaveLength(4);
    expect(errors().join()).not.toContain(secret);
    expect(calls).toEqual([]);
  });

  it("of a stream other than the source's is refused", async () => {
    settings = { kind: "firehose", streamArn: firehoseStream };
    expect(await post(firehoseRequest(secret, ["{}"]))).toEqual([200, undefined]);
    settings = { kind: "firehose", streamArn: `${firehoseStream}2` };
    expect(await post(firehoseRequest(secret, ["{}"]))).toEqual([403, expect.stringContaining("streamArn")]);
  });

  it("that is malformed is refused with a 400", async () => {
    const { headers } = firehoseRequest(secret, []);
    for (const payload of ["", "{", "[]", '{"records":{}}']) expect((await post({ headers, payload }))[0]).toBe(400);
    const zipped = { ...headers, "content-encoding": "gzip" };
    const { payload } = firehoseRequest(secret, [randomBytes(1_000)], { gzip: true });
    for (const broken of ["plain", payload.subarray(0, -20)]) {
      expect(await post({ headers: zipped, payload: broken })).toEqual([400, expect.stringContaining("gzip")]);
    }
    expect((await post({ headers: { ...headers, "content-encoding": "br" }, payload: "{}" }))[0]).toBe(400);
    expect((await post({ headers: { ...headers, "x-amz-firehose-protocol-version": "2.0" }, payload: "{}" }))[0]).toBe(
      400,
    );
    expect(calls).toEqual([]);
  });

  it("that is too large is refused with a 413, before or after decompression", async () => {
    const { headers } = firehoseRequest(secret, []);
    const large = { ...headers, "content-length": `${64 * mib + 1}` };
    expect((await post({ headers: large, payload: "" }))[0]).toBe(413);
    const payload = gzipSync(Buffer.alloc(65 * mib));
    expect((await post({ headers: { ...headers, "content-encoding": "gzip" }, payload }))[0]).toBe(413);
    expect(app.bodyRules.budget.held).toBe(0);
  });

  it("gets a retryable answer if this server fails or the secret can't be decrypted", async () => {
    fails = true;
    expect((await post(firehoseRequest(secret, ["{}"])))[0]).toBe(503);
    fails = false;
    known = undefined;
    expect(await post(firehoseRequest(secret, ["{}"]))).toEqual([503, expect.stringContaining("Rotate")]);
    expect(await post(firehoseRequest("", ["{}"]))).toEqual([503, expect.any(String)]);
    expect(errors()).toHaveLength(3);
    isLost = true;
    expect((await post(firehoseRequest(secret, ["{}"])))[0]).toBe(503);
  });
});

describe("a request of EventBridge", () => {
  const event = JSON.stringify({ version: "0", id: "1", "detail-type": "Email Sent", detail: { eventType: "Send" } });
  const standard = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Amazon/EventBridge/ApiDestinations",
    range: "bytes=0-1048575",
    "accept-encoding": "gzip,deflate",
    connection: "close",
  };
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const post = async (headers: Record<string, string>, payload = event) => {
    const answer = await app.inject({ method: "POST", url, headers: { ...standard, ...headers }, payload });
    return [answer.statusCode, answer.headers["retry-after"]];
  };

  it.each<[string, SourceSettings, Record<string, string>, Record<string, string>[]]>([
    [
      "an API key",
      { kind: "eventbridge", authorization: "api-key", name: "x-key" },
      { "X-Key": secret },
      [{}, { "x-key": "" }, { "x-key": `${secret} 2` }, { "x-other": secret }, basic(`x-key:${secret}`)],
    ],
    [
      "a password",
      { kind: "eventbridge", authorization: "basic", name: "bridge" },
      basic(`bridge:${secret}`),
      [{}, basic(`bridge:${secret}2`), basic(`other:${secret}`), basic(secret), { authorization: `Bearer ${secret}` }],
    ],
  ])("is accepted with %s, and refused without", async (_what, given, right, wrong) => {
    settings = given;
    expect(await post(right)).toEqual([200, undefined]);
    expect(calls).toEqual([[event]]);
    for (const headers of wrong) expect(await post(headers)).toEqual([401, undefined]);
    expect(calls).toHaveLength(1);
    expect(errors().join()).not.toContain(secret);
    fails = true;
    expect(await post(right)).toEqual([503, "5"]);
  });

  it("may have a body of 1 MiB", async () => {
    settings = { kind: "eventbridge", authorization: "api-key", name: "x-key" };
    expect((await post({ "x-key": secret }, "x".repeat(mib)))[0]).toBe(200);
    expect((await post({ "x-key": secret }, "x".repeat(mib + 1)))[0]).toBe(413);
    expect((await post({ "x-key": secret, "content-encoding": "gzip" }))[0]).toBe(400);
  });
});

it("a source of another kind can't be posted to", async () => {
  settings = { kind: "s3", bucket: "events", prefix: "", region: "eu-west-1", follow: true };
  expect((await app.inject({ method: "POST", url, payload: "{}" })).statusCode).toBe(404);
});
