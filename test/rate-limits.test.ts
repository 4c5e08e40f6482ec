/** The limits on calls, over HTTP: where they hold, what they come before, and that clients of SES get through. */
import { GetAccountCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterEach, expect, it } from "vitest";
import { ask, refusal } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { send, simple } from "./support/sent-mail.ts";

let server: InProcessServer;
let now = Date.parse("2026-11-23T12:00:00Z");
const tooMany = [429, "TooManyRequestsException", "Rate exceeded"];

async function start(environment: Record<string, string>, clock?: () => Date): Promise<void> {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0", ...environment }, clock });
}
afterEach(() => server.close());

const account = () => server.client.send(new GetAccountCommand({}));
/** How many of ten calls at once pass. */
async function passing(): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => (await ask(server.app, "GET", "/v2/email/account")).statusCode),
  );
  expect(answers.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return answers.filter((status) => status === 200).length;
}

it.each([
  ["off on a loopback address", {}, 10],
  ["on beyond it", { MAILGLASS_HOST: "0.0.0.0", MAILGLASS_AUTH: "off" }, 5],
  [
    "off beyond it where that is set",
    { MAILGLASS_HOST: "0.0.0.0", MAILGLASS_AUTH: "off", MAILGLASS_RATE_LIMITS: "off" },
    10,
  ],
  ["on where that is set", { MAILGLASS_RATE_LIMITS: "ses" }, 5],
])("are %s", async (_where, environment, expected) => {
  await start(environment, () => new Date(now));
  expect(await passing()).toBe(expected);
});

it("hold for each operation, before a request is read, and never for sending", async () => {
  await start({ MAILGLASS_RATE_LIMITS: "ses" }, () => new Date(now));
  expect(await passing()).toBe(5);
  expect(await refused(account())).toEqual(tooMany.slice(1));
  now += 1_000;
  expect((await account()).SendingEnabled).toBe(true);
  expect(await refused(account())).toEqual(tooMany.slice(1));

  // A body that can't be read counts like any other, and is not read once there were too many.
  const unreadable = () => refusal(server.app, "POST", "/v2/email/export-jobs", { body: "{" });
  for (let call = 0; call < 5; call++) expect(await unreadable()).toEqual([400, "SerializationException", null]);
  expect(await unreadable()).toEqual(tooMany);
  expect((await refusal(server.app, "POST", "/v2/email/nothing", { body: "{" }))[0]).toBe(404);

  await Promise.all(Array.from({ length: 20 }, () => send(server, simple())));
});

it("count the queries of BatchGetMetricData, before they are checked", async () => {
  await start({ MAILGLASS_RATE_LIMITS: "ses" }, () => new Date(now));
  const batch = (queries: number) =>
    refusal(server.app, "POST", "/v2/email/metrics/batch", {
      body: { Queries: Array.from({ length: queries }, () => ({})) },
    });
  expect(await batch(100)).toEqual([400, "BadRequestException", expect.stringContaining("less than or equal to 10")]);
  expect(await batch(61)).toEqual(tooMany);
  expect((await batch(60))[0]).toBe(400);
  now += 1_000;
  expect((await batch(1_000))[0]).toBe(400);
});

it("let a client through that tries again, as SDKs do", async () => {
  await start({ MAILGLASS_RATE_LIMITS: "ses" });
  const client = new SESv2Client({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    retryMode: "adaptive",
    maxAttempts: 10,
  });
  try {
    for (let call = 0; call < 7; call++)
      expect((await client.send(new GetAccountCommand({}))).SendingEnabled).toBe(true);
  } finally {
    client.destroy();
  }
});
