/** Sources of the mirror through the admin API. */
import { zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from "vitest";
import type {
  ChangedMirrorSource,
  MirrorReplay,
  MirrorSecret,
  MirrorSetAsidePage,
  MirrorSource,
  MirrorSourceList,
} from "../src/admin-api/mirror.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { eventually } from "./support/eventually.ts";
import { firehoseRequest, firehoseStream } from "./support/firehose-requests.ts";
import type { Method } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

const topic = "arn:aws:sns:eu-west-1:111122223333:ses-events";
const publicUrl = "https://mail.example.com";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_REGIONS: "eu-west-1,eu-central-1",
      MAILGLASS_PUBLIC_URL: publicUrl,
      MAILGLASS_AUTH: "off",
    },
  });
});
afterAll(() => server.close());
afterEach(async () => {
  const { sources } = await call<MirrorSourceList>("GET");
  for (const { id } of sources) await remove(`/${id}`);
});

const call = <Answer>(method: Method, path = "", body?: unknown) =>
  callAdmin<Answer>(server.app, method, `/admin/mirror${path}`, body);
const refusal = (method: Method, path: string, body?: unknown) =>
  adminRefusal(server.app, method, `/admin/mirror${path}`, body);
const create = (body: object) => call<ChangedMirrorSource>("POST", "", { name: "prod", ...body });
async function remove(path: string): Promise<number> {
  return (await server.app.inject({ method: "DELETE", url: `/admin/mirror${path}` })).statusCode;
}

const standard = {
  name: "prod",
  enabled: true,
  accounts: ["111122223333"],
  region: "eu-west-1",
  suppresses: false,
  silenceSeconds: null,
  status: "waiting",
  recordsSetAside: 0,
  recordsDropped: 0,
};

describe("a source", () => {
  test("from creation to deletion", async () => {
    const created = await create({ kind: "sns", settings: { topicArns: [topic] } });
    const { id } = created;
    expect(created).toEqual({
      ...standard,
      id,
      kind: "sns",
      settings: { topicArns: [topic], raw: false },
      url: `${publicUrl}/mirror/${id}`,
      createdAt: expect.any(String),
      checklist: {
        confirmed: false,
        types: [],
        typesNeverSeen: expect.arrayContaining(["SEND", "BOUNCE", "SUBSCRIPTION"]),
      },
    });
    expect(await call("GET", `/${id}`)).toEqual(created);
    expect(await call("GET")).toEqual({ sources: [created] });
    const { accounts } = await callAdmin<{ accounts: { id: string }[] }>(server.app, "GET", "/admin/accounts");
    expect(accounts.map((account) => account.id)).toContain("111122223333");

    const change = { accounts: ["444455556666"], enabled: false, suppresses: true, silenceSeconds: 600 };
    const changed = { ...created, ...change, region: "eu-central-1", status: "disabled" };
    expect(await call("PATCH", `/${id}`, { ...change, region: "eu-central-1" })).toEqual(changed);
    expect(await call("PATCH", `/${id}`, {})).toEqual(changed);
    const post = await server.app.inject({ method: "POST", url: `/mirror/${id}`, payload: "{}" });
    expect(post.statusCode).toBe(503);

    expect(await remove(`/${id}`)).toBe(204);
    expect(await refusal("GET", `/${id}`)).toEqual([404, "There is no source with this id."]);
    expect((await server.app.inject({ method: "POST", url: `/mirror/${id}`, payload: "{}" })).statusCode).toBe(404);
    for (const [method, path] of [
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/rotate-secret"],
      ["GET", "/set-aside"],
    ] as const) {
      expect((await refusal(method, `/${id}${path}`, method === "PATCH" ? {} : undefined))[0]).toBe(404);
      expect((await refusal(method, `/x${path}`, method === "PATCH" ? {} : undefined))[0]).toBe(404);
    }
  });

  test.each([
    [
      "sqs",
      { queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/ses-events" },
      { region: "eu-west-1", topicArns: [] },
      {},
    ],
    ["s3", { bucket: "ses-events", region: "eu-west-1" }, { prefix: "", follow: true }, { accounts: ["111122223333"] }],
    ["firehose", { streamArn: firehoseStream }, {}, {}],
    [
      "eventbridge",
      {},
      { authorization: "api-key", name: "x-mailglass-key" },
      { accounts: ["111122223333"], region: "eu-west-1" },
    ],
    [
      "eventbridge",
      { authorization: "basic" },
      { name: "mailglass" },
      { accounts: ["111122223333"], region: "eu-west-1" },
    ],
  ])("of the kind %s derives account and region from its settings", async (kind, settings, defaults, more) => {
    const { secret, url, ...created } = await create({ kind, settings, ...more });
    expect(created).toMatchObject({ ...standard, kind, settings: { ...settings, ...defaults } });
    const isFetched = kind === "sqs" || kind === "s3";
    expect([secret === undefined, url === undefined]).toEqual([isFetched, isFetched]);
    expect(await call("PATCH", `/${created.id}`, { settings: {} })).toMatchObject({ settings: created.settings });
  });

  test("of the kind s3 lists files that can't be read; others have none", async () => {
    const settings = { bucket: "ses-events", region: "eu-west-1", follow: false };
    const files = await create({ kind: "s3", enabled: false, settings, accounts: ["111122223333"] });
    expect(await call("GET", `/${files.id}/failed-files`)).toEqual({ files: [] });
    for (const path of ["failed-files?after=%00", "resources?kind=templates&after=%00"]) {
      expect(await refusal("GET", `/${files.id}/${path}`)).toEqual([
        400,
        "The parameter after must not contain the character U+0000.",
      ]);
    }
    const topics = await create({ name: "topics", kind: "sns", settings: { topicArns: [topic] } });
    expect(await refusal("GET", `/${topics.id}/failed-files`)).toEqual([
      400,
      "Only sources of the kind s3 read files.",
    ]);
  });

  test("gets new defaults if the setting that they derive from changes", async () => {
    const queue = (region: string) => `https://sqs.${region}.amazonaws.com/111122223333/q`;
    const { id } = await create({ kind: "sqs", settings: { queueUrl: queue("eu-west-1") } });
    const { settings } = await call<MirrorSource>("PATCH", `/${id}`, { settings: { queueUrl: queue("eu-central-1") } });
    expect(settings).toEqual({ queueUrl: queue("eu-central-1"), region: "eu-central-1", topicArns: [] });
  });

  test("may have a queue over plain HTTP at the operator's endpoint only", async () => {
    const settings = { queueUrl: "http://sqs.eu-west-1.localhost:4566/111122223333/q" };
    const input = { name: "prod", kind: "sqs", settings };
    expect(await refusal("POST", "", input)).toEqual([400, expect.stringContaining("AWS_ENDPOINT_URL")]);
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", "http://localhost:4566");
    try {
      expect(await call("POST", "", input)).toMatchObject({ region: "eu-west-1" });
      // Calls go to the endpoint, so the host doesn't matter.
      const other = { queueUrl: "http://queues.test:9324/111122223333/q", region: "eu-west-1" };
      expect(await call("POST", "", { ...input, name: "b", settings: other })).toMatchObject({ settings: other });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("has a unique name, and is one of at most 50", async () => {
    const input = { kind: "sns", settings: { topicArns: [topic] } };
    await create(input);
    expect(await refusal("POST", "", { name: "prod", ...input })).toEqual([
      409,
      "There is already a source with the name prod.",
    ]);
    for (let count = 1; count < 50; count++) await create({ ...input, name: `prod-${count}` });
    expect((await refusal("POST", "", { name: "one-more", ...input }))[0]).toBe(409);
  });
});

describe("invalid input", () => {
  const sns = { name: "a", kind: "sns", settings: { topicArns: [topic] } };
  const firehose = { name: "a", kind: "firehose", accounts: ["111122223333"], region: "eu-west-1" };
  const eventbridge = { ...firehose, kind: "eventbridge" };
  const sqs = (queueUrl: unknown) => ({ ...firehose, kind: "sqs", settings: { queueUrl } });
  it.each<[unknown, string]>([
    [undefined, "must be a JSON object"],
    [[], "must be a JSON object"],
    [{}, "needs a name"],
    [{ ...sns, name: "" }, "needs a name"],
    [{ ...sns, name: "a b" }, "needs a name"],
    [{ ...sns, name: "x".repeat(65) }, "needs a name"],
    [{ ...sns, kind: undefined }, "needs a kind"],
    [{ ...sns, kind: "kafka" }, "sqs, sns, firehose, s3, eventbridge"],
    [{ ...sns, colour: 1 }, 'no member "colour"'],
    [{ ...sns, settings: { topicArns: [topic], url: 1 } }, 'no member "url" in settings'],
    [{ ...sns, settings: [] }, "settings must be a JSON object"],
    [{ ...sns, settings: {} }, "topicArns with at least one"],
    [{ ...sns, settings: { topicArns: [] } }, "topicArns with at least one"],
    [{ ...sns, settings: { topicArns: topic } }, "must be a list"],
    [{ ...sns, settings: { topicArns: ["ses-events"] } }, "the ARN of a topic, such as arn:aws:sns:"],
    [{ ...sns, settings: { topicArns: [`${topic}\n`] } }, "the ARN of a topic"],
    [{ ...sns, settings: { topicArns: ["arn:aws:sns:*:111122223333:x"] } }, "the ARN of a topic"],
    [{ ...sns, settings: { topicArns: [topic, topic] } }, "duplicate"],
    [{ ...sns, settings: { topicArns: [topic], raw: "yes" } }, "raw must be true or false"],
    [{ ...sns, accounts: [] }, "at least one account"],
    [{ ...sns, accounts: ["1"] }, "an account ID of twelve digits"],
    [{ ...sns, accounts: [111122223333] }, "an account ID of twelve digits"],
    [{ ...sns, accounts: "111122223333" }, "must be a list"],
    [{ ...sns, region: "Europe" }, "is not a region"],
    [{ ...sns, region: "ap-south-1" }, "MAILGLASS_REGIONS"],
    [{ ...sns, settings: { topicArns: [topic.replace("eu-west-1", "ap-south-1")] } }, "MAILGLASS_REGIONS"],
    [{ ...sns, enabled: 1 }, "enabled must be true or false"],
    [{ ...sns, suppresses: "x" }, "suppresses must be true or false"],
    [{ ...sns, silenceSeconds: 1 }, "silenceSeconds must be a whole number"],
    [{ ...sns, silenceSeconds: 60.5 }, "silenceSeconds must be a whole number"],
    [{ ...firehose, accounts: undefined }, "set accounts"],
    [{ ...firehose, region: undefined }, "set region"],
    [{ ...firehose, settings: { streamArn: "events" } }, "is not the ARN of a stream"],
    [{ ...firehose, settings: { streamArn: topic } }, "is not the ARN of a stream"],
    [{ ...firehose, kind: "s3" }, "the name of a bucket"],
    [{ ...firehose, kind: "s3", settings: { bucket: "s3://x", region: "eu-west-1" } }, "without s3://"],
    [{ ...firehose, kind: "s3", settings: { bucket: "events" } }, "the region of the bucket"],
    [
      { ...firehose, kind: "s3", settings: { bucket: "a-b", region: "eu-west-1", prefix: "x".repeat(1025) } },
      "prefix may",
    ],
    [{ ...eventbridge, settings: { authorization: "oauth" } }, "basic, api-key"],
    [{ ...eventbridge, settings: { name: "content-length" } }, "the name of a header"],
    [{ ...eventbridge, settings: { name: "a header" } }, "the name of a header"],
    [{ ...eventbridge, settings: { authorization: "basic", name: "a:b" } }, "a user name"],
    [sqs(undefined), "needs settings.queueUrl"],
    [sqs("ses-events"), "is not the URL of a queue"],
    [sqs("ftp://sqs.eu-west-1.amazonaws.com/1/q"), "is not the URL of a queue"],
    [sqs("https://a:b@sqs.eu-west-1.amazonaws.com/111122223333/q"), "is not the URL of a queue"],
    [sqs("https://queue.example.com/q"), "set settings.region"],
  ])("is refused with a helpful message: %j", async (body, text) => {
    expect(await refusal("POST", "", body)).toEqual([400, expect.stringContaining(text)]);
    expect(await call("GET")).toEqual({ sources: [] });
  });

  it("is also refused in a change, which then changes nothing", async () => {
    const created = await create({ kind: "sns", settings: { topicArns: [topic] } });
    for (const body of [{ name: "b" }, { kind: "sqs" }, { settings: { topicArns: [] } }, { region: "us-west-2" }, []]) {
      expect((await refusal("PATCH", `/${created.id}`, body))[0]).toBe(400);
    }
    expect((await refusal("GET", "?color=1"))[0]).toBe(400);
    expect(await call("GET", `/${created.id}`)).toEqual(created);
  });
});

describe("the secret", () => {
  const stream = { kind: "firehose", settings: { streamArn: firehoseStream } };
  const post = async (id: string, secret: string) => {
    const { statusCode } = await server.app.inject({
      method: "POST",
      url: `/mirror/${id}`,
      ...firehoseRequest(secret, ["{}"]),
    });
    return statusCode;
  };

  it("is shown once, and takes effect at once when rotated", async () => {
    const { id, secret = "" } = await create(stream);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify([await call("GET"), await call("PATCH", `/${id}`, {})])).not.toContain(secret);
    expect(await post(id, secret)).toBe(200);
    const rotated = await call<MirrorSecret>("POST", `/${id}/rotate-secret`);
    expect(rotated).toEqual({ secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect([await post(id, secret), await post(id, rotated.secret)]).toEqual([401, 200]);
    const rows = await server.database.query<{ secret: Uint8Array }>("SELECT secret FROM mirror_sources");
    expect(Buffer.from(rows[0]?.secret ?? []).toString("latin1")).not.toContain(rotated.secret);
    expect(server.logged.join()).not.toContain(secret);
  });

  it("of raw messages is shown with the URL to subscribe once raw is on", async () => {
    const { id, secret } = await create({ kind: "sns", settings: { topicArns: [topic] } });
    expect(secret).toBeUndefined();
    expect((await refusal("POST", `/${id}/rotate-secret`))[0]).toBe(409);
    const changed = await call<ChangedMirrorSource>("PATCH", `/${id}`, { settings: { raw: true } });
    expect(changed.subscriptionUrl).toBe(`https://mailglass:${changed.secret}@mail.example.com/mirror/${id}`);
    const again = await call<ChangedMirrorSource>("PATCH", `/${id}`, { settings: { raw: true } });
    expect(again.secret).toBeUndefined();
    const answers = [];
    for (const authorization of [undefined, `Basic ${btoa(`mailglass:${changed.secret}`)}`]) {
      const headers = { "x-amz-sns-rawdelivery": "true", ...(authorization && { authorization }) };
      const answer = await server.app.inject({ method: "POST", url: `/mirror/${id}`, payload: "{}", headers });
      answers.push(answer.statusCode);
    }
    expect(answers).toEqual([401, 200]);
  });
});

describe("set-aside records", () => {
  const readable = (account: string) =>
    JSON.stringify({
      eventType: "Send",
      mail: {
        timestamp: "2026-11-01T10:00:00.000Z",
        messageId: `0102018f${account}-000000`,
        source: "shop@example.com",
        sourceArn: `arn:aws:ses:eu-west-1:${account}:identity/example.com`,
        sendingAccountId: account,
        destination: ["ann@example.com"],
        tags: { "ses:configuration-set": ["main"] },
      },
      send: {},
    });
  const page = (id: string, query = "") => call<MirrorSetAsidePage>("GET", `/${id}/set-aside${query}`);
  const show = (id: string) => call<MirrorSource>("GET", `/${id}`);
  const replay = (id: string, body?: object) => call<MirrorReplay>("POST", `/${id}/set-aside/replay`, body);

  async function withRecords() {
    const { id, secret = "" } = await create({ kind: "firehose", settings: { streamArn: firehoseStream } });
    const records = ["no JSON\n", readable("777788889999"), '{"other":"event"}\n', "no JSON\n"];
    const metric = JSON.stringify({ metric_stream_name: "s", metric_name: "Send", namespace: "AWS/SES", value: {} });
    await server.app.inject({
      method: "POST",
      url: `/mirror/${id}`,
      ...firehoseRequest(secret, [...records, metric, `${metric}\n${metric}`]),
    });
    return id;
  }

  it("are listed in pages, with reasons", async () => {
    const id = await withRecords();
    const { records } = await page(id);
    expect(new Set(records.map(({ text, reason, times, truncated }) => [text, reason, times, truncated]))).toEqual(
      new Set([
        ["no JSON", "It is not JSON.", 1, false],
        [readable("777788889999"), "Its account 777788889999 is not one of this source's.", 1, false],
        ['{"other":"event"}', expect.stringContaining("not an SES event"), 1, false],
      ]),
    );
    expect(await show(id)).toMatchObject({ recordsSetAside: 3 });
    const first = await page(id, "?limit=2");
    expect(first.records).toEqual(records.slice(0, 2));
    expect(await page(id, `?limit=2&after=${first.next}`)).toEqual({ records: records.slice(2) });
    for (const query of ["?limit=0", "?limit=101", "?after=x", "?other=1"]) {
      expect((await refusal("GET", `/${id}/set-aside${query}`))[0]).toBe(400);
    }
  });

  it("are shown up to 10,000 characters", async () => {
    const { id } = await create({ kind: "firehose", settings: { streamArn: firehoseStream } });
    await server.database.query(
      "INSERT INTO mirror_set_aside (source, digest, reason, received_at, payload) VALUES ($1::uuid, '\\x01', 'long', now(), $2)",
      [id, zstdCompressSync(Buffer.from("😀".repeat(10_000)))],
    );
    const { records } = await page(id);
    expect(records).toMatchObject([{ truncated: true, text: "😀".repeat(5_000) }]);
  });

  it("are read again after a change of the source", async () => {
    const id = await withRecords();
    expect(await replay(id)).toEqual({ read: 0, events: 0, left: 3 });
    await call("PATCH", `/${id}`, { accounts: ["111122223333", "777788889999"] });
    expect(await replay(id)).toEqual({ read: 1, events: 1, left: 2 });
    expect(await replay(id, { after: 0 })).toEqual({ read: 0, events: 0, left: 2 });
    expect((await page(id)).records.map(({ text }) => text).sort()).toEqual(["no JSON", '{"other":"event"}']);
    await eventually(async () => {
      const { checklist, status, recordsSetAside } = await show(id);
      expect([status, recordsSetAside]).toEqual(["receiving", 2]);
      expect(checklist).toMatchObject({ eventAt: expect.any(String), secondsSinceEvent: expect.any(Number) });
      const sets = [
        { account: "777788889999", region: "eu-west-1", name: "main", events: 1, lastAt: "2026-11-01T10:00:00.000Z" },
      ];
      const at = "2026-11-01T10:00:00.000Z";
      expect(checklist.types).toEqual([{ type: "SEND", events: 1, firstAt: at, lastAt: at, configurationSets: sets }]);
      expect(checklist.typesNeverSeen).not.toContain("SEND");
    });
    for (const body of [{ after: -1 }, { after: "x" }, { other: 1 }]) {
      expect((await refusal("POST", `/${id}/set-aside/replay`, body))[0]).toBe(400);
    }
  });

  it("are deleted by ID, or all at once", async () => {
    const id = await withRecords();
    const [first] = (await page(id)).records;
    expect(await remove(`/${id}/set-aside?id=${first?.id}&id=999999`)).toBe(204);
    expect((await page(id)).records).toHaveLength(2);
    expect(await remove(`/${id}/set-aside?id=x`)).toBe(400);
    expect(await remove(`/${id}/set-aside`)).toBe(204);
    expect(await page(id)).toEqual({ records: [] });
  });
});

it("a failing source shows the error until a request succeeds", async () => {
  const { id, secret = "" } = await create({ kind: "firehose", settings: { streamArn: firehoseStream } });
  await server.app.inject({ method: "POST", url: `/mirror/${id}`, ...firehoseRequest("wrong", ["{}"]) });
  await eventually(async () => {
    expect(await call("GET", `/${id}`)).toMatchObject({
      status: "failing",
      lastError: { text: expect.stringContaining("access key"), at: expect.any(String) },
    });
  });
  const validation = "Successfully validated SNS topic for Amazon SES event publishing.";
  const envelope = JSON.stringify({ Type: "Notification", TopicArn: topic, Message: validation });
  await server.app.inject({ method: "POST", url: `/mirror/${id}`, ...firehoseRequest(secret, [envelope]) });
  await eventually(async () => {
    expect((await call<MirrorSource>("GET", `/${id}`)).checklist).toMatchObject({ validatedAt: expect.any(String) });
  });
});
