/** Requests of SNS to a source, and forged ones. */
import { globalAgent } from "node:https";
import Fastify, { type FastifyInstance } from "fastify";
import MessageValidator from "sns-validator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  confirmation,
  notification,
  type SnsHosts,
  type SnsKey,
  type SnsMembers,
  signedMessage,
  snsCertificateUrl,
  snsHeadersOf,
  snsKey,
  snsTopic,
  startSnsHosts,
} from "../../../test/support/sns-messages.ts";
import { startSpyingServer } from "../../../test/support/spying-server.ts";
import { createFailedAttempts } from "../../access/failed-attempts.ts";
import type { MirrorSource } from "../../mirror/mirror-source.ts";
import { createSnsCertificates } from "../../mirror/sns/certificates.ts";
import { createConfirm } from "../../mirror/sns/confirm.ts";
import { createGetter, type Getter } from "../../mirror/sns/get.ts";
import { createSnsIntake } from "../../mirror/sns/sns-intake.ts";
import type { MirrorSourceNote } from "../../stores/postgres/mirror-sources.ts";
import { mountBodies } from "../bodies/bodies.ts";
import { mirrorRoutes } from "./mirror.ts";

const id = "5f0c7f0a-9f1e-4d6e-8d3c-2b1a09f8e7d6";
const secret = "s3cret-of-the-source";
const minute = 60_000;

let key: SnsKey;
let foreign: SnsKey;
let hosts: SnsHosts;
let getter: Getter;
let app: FastifyInstance;
let taken: string[];
let notes: MirrorSourceNote[];
let raw = false;
let enabled = true;
let fails = false;
let emulatorCertificates: string | undefined;

beforeAll(async () => {
  [key, foreign] = await Promise.all([snsKey(), snsKey()]);
  hosts = await startSnsHosts(key);
});
afterAll(() => hosts.receiver.close());
beforeEach(() => {
  hosts.receiver.received.length = 0;
  [raw, enabled, fails, emulatorCertificates] = [false, true, false, undefined];
  taken = [];
  notes = [];
});

const source = () =>
  ({
    id,
    name: "prod",
    enabled,
    accounts: ["111122223333"],
    region: "eu-west-1",
    suppresses: false,
    silenceSeconds: null,
    sealedSecret: null,
    createdAt: new Date(),
    confirmedAt: null,
    validatedAt: null,
    receivedAt: null,
    eventAt: null,
    error: null,
    errorAt: null,
    waiting: null,
    dropped: 0,
    settings: { kind: "sns", topicArns: [snsTopic], raw },
  }) satisfies MirrorSource;

/** A new application, with an empty certificate cache. */
async function routes(): Promise<FastifyInstance> {
  const clock = () => new Date();
  getter = createGetter(hosts.connect);
  const made = Fastify();
  mountBodies(made, { memoryBytes: 1 << 20, discardBytes: 0 });
  const unused = { longestBody: 0, takesGzip: false, admit: () => undefined, take: () => Promise.reject(new Error()) };
  const arrivals = { note: (_source: string, note: MirrorSourceNote) => void notes.push(note) };
  made.register(mirrorRoutes, {
    sources: { byId: async (asked) => (asked === id ? source() : undefined) },
    intakes: {
      sns: createSnsIntake({
        ingest: {
          async take(_source, records) {
            if (fails) throw new Error("the database is down");
            for (const record of records) taken.push(Buffer.from(record).toString());
            return { events: 1, setAside: 0, validations: 0, metrics: 0 };
          },
        },
        arrivals,
        sources: { secretOf: () => secret },
        certificates: createSnsCertificates({
          get: getter.get,
          isIssuedToSns: () => true,
          machineClock: clock,
          steadyClock: clock,
        }),
        confirm: createConfirm({ get: getter.get, getFromEmulator: getter.get, endpoint: () => undefined }),
        get emulatorCertificates() {
          return emulatorCertificates;
        },
        ...{ clock, machineClock: clock, steadyClock: clock },
      }),
      firehose: unused,
      eventbridge: unused,
    },
    arrivals,
    failedAttempts: createFailedAttempts(clock),
    clock,
  });
  return made;
}

beforeEach(async () => {
  app = await routes();
  return async () => {
    await app.close();
    await getter.close();
  };
});

async function post(message: SnsMembers, headers: Record<string, string> = snsHeadersOf(message)) {
  const payload = JSON.stringify(message, null, 2);
  const { statusCode, body } = await app.inject({ method: "POST", url: `/mirror/${id}`, payload, headers });
  return { status: statusCode, text: body.trim() };
}

const paths = () => hosts.receiver.received.map(({ path }) => path);
const errors = () => notes.flatMap(({ error }) => (error ? [error.text] : []));

/** Whether the package `sns-validator` accepts the signature. The certificate's URL is replaced; it is not signed. */
async function isValidElsewhere(message: SnsMembers): Promise<boolean> {
  // The package fetches certificates with Node's global agent.
  globalAgent.options.rejectUnauthorized = false;
  const url = `${hosts.receiver.url}/SimpleNotificationService-1.pem`;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  new MessageValidator(/^localhost:\d+$/).validate(JSON.stringify({ ...message, SigningCertURL: url }), (error) =>
    resolve(!error),
  );
  try {
    return await promise;
  } finally {
    delete globalAgent.options.rejectUnauthorized;
    globalAgent.destroy();
  }
}

describe("a message of the source's topic", () => {
  it.each([
    ["version 1", notification()],
    ["version 2", notification({ SignatureVersion: "2" })],
    ["without a subject", notification({ Subject: undefined })],
    ["with line breaks and other scripts", notification({ Subject: "Grüße", Message: '{"a":"\\n"}\n\n  "日本" 😀' })],
  ])("is accepted: %s", async (_what, members) => {
    const message = signedMessage(members, key);
    expect(await post(message)).toEqual({ status: 200, text: "Recorded." });
    expect(taken).toEqual([message.Message]);
    expect(await isValidElsewhere(message)).toBe(true);
    const changed = { ...message, Message: `${message.Message} ` };
    expect((await post(changed)).status).toBe(403);
    expect(await isValidElsewhere(changed)).toBe(false);
  });

  it("is recorded without unsigned members, such as an event next to the message", async () => {
    const event = { eventType: "Bounce", mail: { messageId: "forged" }, "detail-type": "x", detail: {} };
    const message = signedMessage(notification(), key);
    const { statusCode } = await app.inject({
      method: "POST",
      url: `/mirror/${id}`,
      payload: JSON.stringify({ ...event, ...message, rawData: "e30=", errorCode: "x" }),
      headers: snsHeadersOf(message),
    });
    expect(statusCode).toBe(200);
    expect(taken).toEqual([message.Message]);
  });

  it("has its certificate fetched once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => post(signedMessage(notification(), key))));
    answers.push(await post(signedMessage(notification(), key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(paths()).toEqual(["/SimpleNotificationService-0123abcd.pem"]);
  });

  it("gets a retryable answer if this server fails", async () => {
    fails = true;
    expect((await post(signedMessage(notification(), key))).status).toBe(503);
    enabled = false;
    expect((await post(signedMessage(notification(), key))).status).toBe(503);
    enabled = true;
    fails = false;
    expect((await post(signedMessage(notification(), key))).status).toBe(200);
  });

  it("gets a retryable answer while SNS does not serve its certificate", async () => {
    const { answer } = hosts.receiver;
    // The successful response is longer than any certificate.
    for (const broken of [200, 302, 404, 500]) {
      hosts.receiver.answer = (_post, response) =>
        response
          .writeHead(broken, { location: "https://sns.eu-west-1.amazonaws.com/other.pem" })
          .end("x".repeat(100_000));
      expect((await post(signedMessage(notification(), key))).status).toBe(503);
    }
    hosts.receiver.answer = answer;
    expect((await post(signedMessage(notification(), key))).status).toBe(200);
    expect(paths()).not.toContain("/other.pem");
  });

  it("may be an hour old, but not much older or from the future", async () => {
    const at = (ms: number) => notification({ Timestamp: new Date(Date.now() + ms).toISOString() });
    expect((await post(signedMessage(at(-70 * minute), key))).status).toBe(200);
    expect((await post(signedMessage(at(-76 * minute), key))).status).toBe(403);
    // This server's clock may be wrong.
    expect((await post(signedMessage(at(20 * minute), key))).status).toBe(503);
    expect((await post(signedMessage(notification({ Timestamp: "yesterday" }), key))).status).toBe(400);
    expect(taken).toHaveLength(1);
  });
});

describe("refuses", () => {
  /** No message is recorded, and no certificate is fetched. */
  it.each([
    [
      "a bucket with a similar host",
      "https://sns.eu-west-1.amazonaws.com.s3.amazonaws.com/SimpleNotificationService-1.pem",
    ],
    ["a bucket named like SNS", "https://sns.eu-west-1.s3.amazonaws.com/SimpleNotificationService-1.pem"],
    ["a bucket as a region", "https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["another domain", "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem"],
    ["a similar domain", "https://sns.eu-west-1.amazonaws.co/SimpleNotificationService-1.pem"],
    ["another host before it", "https://evil-sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["China's domain", "https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-1.pem"],
    ["another region", "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["a user name", "https://sns.eu-west-1.amazonaws.com@127.0.0.1/SimpleNotificationService-1.pem"],
    ["a user before SNS", "https://a:b@sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["a port", "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-1.pem"],
    ["the usual port", "https://sns.eu-west-1.amazonaws.com:443/SimpleNotificationService-1.pem"],
    ["a query", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?x=1"],
    ["a fragment", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem#x"],
    ["another path", "https://sns.eu-west-1.amazonaws.com/evil.pem"],
    ["a path that goes up", "https://sns.eu-west-1.amazonaws.com/x/../SimpleNotificationService-1.pem"],
    ["another ending", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem/x"],
    ["plain HTTP", "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["a backslash", "https://evil.example\\@sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"],
    ["a line break", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem\n"],
    ["a trailing dot", "https://sns.eu-west-1.amazonaws.com./SimpleNotificationService-1.pem"],
    ["upper case", "HTTPS://SNS.EU-WEST-1.AMAZONAWS.COM/SimpleNotificationService-1.pem"],
    ["a private address", "https://169.254.169.254/SimpleNotificationService-1.pem"],
    ["a file", "file:///etc/SimpleNotificationService-1.pem"],
    ["nothing", ""],
  ])("a certificate at %s", async (_what, SigningCertURL) => {
    const { status } = await post(signedMessage(notification({ SigningCertURL }), key));
    expect([400, 403]).toContain(status);
    expect([taken, paths()]).toEqual([[], []]);
  });

  it.each([
    ["another name", "arn:aws:sns:eu-west-1:111122223333:other"],
    ["another account", "arn:aws:sns:eu-west-1:999988887777:ses-events"],
    ["another region", "arn:aws:sns:us-east-1:111122223333:ses-events"],
    ["the same beginning", `${snsTopic}2`],
    ["no ARN", "ses-events"],
  ])("a validly signed message of a topic that is not the source's: %s", async (_what, TopicArn) => {
    for (const members of [notification({ TopicArn }), confirmation({ TopicArn })]) {
      expect((await post(signedMessage(members, key))).status).toBe(403);
    }
    expect([taken, paths()]).toEqual([[], []]);
    expect(errors().join()).toContain("not one of this source");
  });

  it("a missing signature, or one with another key or version", async () => {
    const { Signature, ...unsigned } = signedMessage(notification(), key);
    const cases: SnsMembers[] = [
      signedMessage(notification(), foreign),
      { ...signedMessage(notification(), key), SignatureVersion: "2" },
      { ...unsigned, Type: "Notification" },
      { ...unsigned, Type: "Notification", Signature: "" },
      { ...unsigned, Type: "Notification", Signature, SignatureVersion: "3" },
      { ...signedMessage(notification(), key), Timestamp: new Date(Date.now() - minute).toISOString() },
      { ...signedMessage(notification({ Subject: undefined }), key), Subject: "added" },
    ];
    for (const message of cases) expect([400, 403]).toContain((await post(message)).status);
    expect(taken).toEqual([]);
  });

  it("a missing header, or one that does not match the message", async () => {
    const message = signedMessage(notification(), key);
    const right = snsHeadersOf(message);
    for (const name of ["x-amz-sns-message-type", "x-amz-sns-message-id", "x-amz-sns-topic-arn"]) {
      const { [name]: _, ...without } = right;
      expect((await post(message, { ...right, [name]: "SubscriptionConfirmation" })).status).toBe(400);
      expect((await post(message, without)).status).toBe(400);
    }
    expect(taken).toEqual([]);
  });

  it.each<[string, Parameters<typeof snsKey>[0]]>([
    ["has expired", { from: new Date(Date.now() - 100 * minute), until: new Date(Date.now() - minute) }],
    ["is not valid yet", { from: new Date(Date.now() + 10 * minute), until: new Date(Date.now() + 100 * minute) }],
    ["is issued to another name", { name: "evil.example" }],
    ["is issued to a similar name", { name: "sns.amazonaws.com.evil.example" }],
  ])("a certificate that %s", async (_what, options) => {
    const other = await snsKey(options);
    const { answer } = hosts.receiver;
    hosts.receiver.answer = (_post, response) => response.writeHead(200).end(other.certificate);
    expect((await post(signedMessage(notification(), other))).status).toBe(403);
    hosts.receiver.answer = answer;
  });

  it("a body that is not an envelope or too long, and unknown sources", async () => {
    const send = async (payload: string, url = `/mirror/${id}`) =>
      (await app.inject({ method: "POST", url, payload, headers: snsHeadersOf(notification()) })).statusCode;
    expect(await send("")).toBe(400);
    expect(await send("[]")).toBe(400);
    expect(await send('{"Type":"Other"}')).toBe(400);
    expect(await send(`"${"x".repeat(1 << 20)}"`)).toBe(413);
    expect(await send("{}", "/mirror/other")).toBe(404);
    expect((await app.inject({ method: "GET", url: `/mirror/${id}` })).statusCode).toBe(404);
  });

  it("a client after too many failed attempts", async () => {
    const statuses = new Set<number>();
    for (let tries = 0; tries < 80; tries++) statuses.add((await post(signedMessage(notification(), foreign))).status);
    expect([...statuses]).toEqual([403, 429]);
  });

  it("a client that keeps naming different certificates", async () => {
    hosts.receiver.received.length = 0;
    const statuses = [];
    for (let tries = 0; tries < 14; tries++) {
      const SigningCertURL = snsCertificateUrl.replace("0123", `9${tries}`);
      statuses.push((await post(signedMessage(notification({ SigningCertURL }), foreign))).status);
    }
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    expect(paths().length).toBeLessThan(14);
  });
});

describe("a subscription", () => {
  it("is confirmed with an API call, never with the message's SubscribeURL", async () => {
    await using spy = await startSpyingServer();
    const urls = [spy.origin, "http://169.254.169.254/latest/meta-data", "https://sns.eu-west-1.amazonaws.com/evil"];
    for (const SubscribeURL of urls) {
      hosts.receiver.received.length = 0;
      const message = signedMessage(confirmation({ SubscribeURL }), key);
      expect((await post(message)).status).toBe(200);
      const { Token = "", TopicArn = "" } = message;
      const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn, Token });
      expect(hosts.receiver.received.at(-1)).toMatchObject({
        method: "GET",
        path: `/?${query}`,
        headers: { host: "sns.eu-west-1.amazonaws.com" },
      });
      expect(await isValidElsewhere(message)).toBe(true);
    }
    expect(spy.connections).toBe(0);
    expect(paths().join()).not.toContain("evil");
    expect(notes.at(-1)).toEqual({ confirmedAt: expect.any(Date), error: null });
  });

  it("gets a retryable answer if SNS does not confirm it", async () => {
    const { answer } = hosts.receiver;
    hosts.receiver.answer = (request, response) => {
      if (request.path.endsWith(".pem")) answer(request, response);
      else response.writeHead(403).end("<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>");
    };
    const message = signedMessage(confirmation(), key);
    expect(await post(message)).toEqual({
      status: 503,
      text: `The subscription of ${snsTopic} could not be confirmed: SNS answered with status 403 (AuthorizationError)`,
    });
    expect(errors()).toHaveLength(1);
    expect(notes.some(({ confirmedAt }) => confirmedAt)).toBe(false);
    hosts.receiver.answer = answer;
    expect((await post(message)).status).toBe(200);
  });

  it("that has ended is shown as an error, and not renewed", async () => {
    const message = signedMessage(confirmation({ Type: "UnsubscribeConfirmation" }), key);
    expect((await post(message)).status).toBe(200);
    expect(paths()).toEqual(["/SimpleNotificationService-0123abcd.pem"]);
    expect(errors().join()).toContain(`The subscription to ${snsTopic} has ended.`);
    expect((await post({ ...message, Token: "other" })).status).toBe(403);
  });
});

describe("a raw message", () => {
  const body = '{"eventType":"Send"}';
  const send = async (url: string, authorization?: string) => {
    const headers = {
      ...snsHeadersOf(notification()),
      "x-amz-sns-rawdelivery": "true",
      ...(authorization !== undefined && { authorization }),
    };
    const answer = await app.inject({ method: "POST", url: `/mirror/${id}${url}`, payload: body, headers });
    return [answer.statusCode, answer.headers["www-authenticate"]];
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const challenge = 'Basic realm="Mailglass", charset="UTF-8"';

  it("is accepted with the secret, after a challenge", async () => {
    raw = true;
    expect(await send("")).toEqual([401, challenge]);
    // Not an error: SNS always sends the first request without the secret.
    expect(errors()).toEqual([]);
    expect(await send("", basic(`mailglass:${secret}`))).toEqual([200, undefined]);
    expect(await send(`?token=${secret}`)).toEqual([200, undefined]);
    expect(taken).toEqual([body, body]);
  });

  it("is refused with a wrong secret", async () => {
    raw = true;
    for (const wrong of [
      basic(`mailglass:${secret}2`),
      basic(`other:${secret}`),
      basic("mailglass:"),
      `Bearer ${secret}`,
    ]) {
      expect(await send("", wrong)).toEqual([401, challenge]);
    }
    expect(await send("?token=other")).toEqual([401, challenge]);
    // A correct token does not outweigh wrong credentials.
    expect(await send(`?token=${secret}`, basic("a:b"))).toEqual([401, challenge]);
    expect(taken).toEqual([]);
    expect(errors().join()).toContain("with a wrong secret");
  });

  it("is refused with an explanation while raw is off, and accepted once raw is on", async () => {
    expect(await send(`?token=${secret}`)).toEqual([503, undefined]);
    expect(errors().join()).toContain("set raw for this source");
    raw = true;
    expect(await send(`?token=${secret}`)).toEqual([200, undefined]);
  });

  it("does not disable the check of signatures", async () => {
    raw = true;
    expect((await post(signedMessage(notification(), foreign))).status).toBe(403);
    expect((await post(signedMessage(notification(), key))).status).toBe(200);
  });
});

it("an emulator's certificates are accepted only at the URL that the operator has set", async () => {
  const SigningCertURL = "https://sns.us-east-1.amazonaws.com/emulator/cert.pem";
  const message = signedMessage(notification({ SigningCertURL }), key);
  expect((await post(message)).status).toBe(403);
  expect(errors().join()).toContain("MAILGLASS_MIRROR_SNS_CERTIFICATES");
  emulatorCertificates = "https://sns.us-east-1.amazonaws.com/emulator/";
  await app.close();
  app = await routes();
  expect((await post(message)).status).toBe(200);
});
