/** Events that are posted to the mirror appear in the insights of the account that sent the mail. */
import { GetMessageInsightsCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { ChangedMirrorSource, MirrorSource } from "../src/admin-api/mirror.ts";
import type { CreatedWebhook } from "../src/admin-api/webhooks.ts";
import { prepareMessage, renderEvent } from "../src/publishing/ses-event/render-event.ts";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { cases } from "./support/event-json-cases.ts";
import { eventually } from "./support/eventually.ts";
import { firehoseRequest } from "./support/firehose-requests.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { rowOf, sent } from "./support/published-mail.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

const account = "111122223333";

/** The server that sends the mail. */
let sender: InProcessServer;
let mirror: InProcessServer;
/** A client of the mirrored account. */
let mirrored: SESv2Client;

beforeAll(async () => {
  sender = await startInProcess({ environment: { MAILGLASS_ACCOUNT_ID: account } });
  mirror = await startInProcess({
    environment: {
      MAILGLASS_ACCOUNTS_FROM_KEYS: "on",
      MAILGLASS_REGIONS: "eu-west-1",
      MAILGLASS_MIRROR_SNS_CERTIFICATES: `${sender.url}/publishing`,
    },
  });
  const credentials = { accessKeyId: account, secretAccessKey: "any" };
  mirrored = new SESv2Client({ endpoint: mirror.url, region: "us-east-1", credentials, maxAttempts: 1 });
  vi.stubEnv("AWS_ENDPOINT_URL_SNS", `${sender.url}/publishing/sns`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  mirrored.destroy();
  await sender.close();
  await mirror.close();
});

const create = (body: object) => callAdmin<ChangedMirrorSource>(mirror.app, "POST", "/admin/mirror", body);
const show = (id: string) => callAdmin<MirrorSource>(mirror.app, "GET", `/admin/mirror/${id}`);

it("records the events of a webhook with SNS's envelope after confirming it", async () => {
  const topicArn = `arn:aws:sns:us-east-1:${account}:to-mirror`;
  const { id } = await create({ name: "sns", kind: "sns", settings: { topicArns: [topicArn] } });
  for (const signatureVersion of ["1", "2"]) {
    const hook = await callAdmin<CreatedWebhook>(sender.app, "POST", "/admin/webhooks", {
      ...{ name: "to-mirror", url: `${mirror.url}/mirror/${id}`, envelope: "sns", signatureVersion },
    });
    expect(hook).toMatchObject({ topicArn, confirmed: true, confirmation: { delivered: true, status: 200 } });
    const messages = [];
    for (const recipient of [
      "user@example.com",
      "bounce@simulator.amazonses.com",
      "complaint@simulator.amazonses.com",
    ]) {
      messages.push(await send(sender, simple({ Destination: { ToAddresses: [recipient] } })));
    }
    await allPublished(sender);
    for (const MessageId of messages) {
      const expected = await insightsOf(sender, MessageId);
      await eventually(async () => {
        const found = await mirrored.send(new GetMessageInsightsCommand({ MessageId }));
        expect(told(found)).toEqual(told(expected));
        expect([found.FromEmailAddress, found.Subject]).toEqual([expected.FromEmailAddress, expected.Subject]);
      });
    }
    await sender.app.inject({ method: "DELETE", url: `/admin/webhooks/${hook.id}` });
  }
  await eventually(async () => {
    const { checklist, status, recordsSetAside } = await show(id);
    expect([status, recordsSetAside, checklist.confirmed]).toEqual(["receiving", 0, true]);
    expect(checklist.types.map(({ type, events }) => [type, events])).toEqual([
      ["SEND", 6],
      ["BOUNCE", 2],
      ["COMPLAINT", 2],
      ["DELIVERY", 4],
    ]);
  });
});

it("records events once if they come through both Firehose and EventBridge", async () => {
  const owner = { accountId: account, region: "us-east-1", hostname: "mail.example.net" };
  // Opens and clicks of mail with several recipients have no recipient.
  const toOne = { ...sent, message: { ...sent.message, destination: [sent.recipient] } };
  const message = prepareMessage(rowOf(toOne), undefined, owner);
  // Opens and clicks by machines are not shown.
  const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
  const events = cases.map(([, event]) => renderEvent(rowOf(event), message).replace("Mail/1", browser));
  const firehose = await create({ name: "firehose", kind: "firehose", accounts: [account], region: "us-east-1" });
  const bridge = await create({ name: "bridge", kind: "eventbridge", accounts: [account], region: "us-east-1" });
  const post = (id: string, request: { headers: Record<string, string>; payload: Buffer | string }) =>
    mirror.app.inject({ method: "POST", url: `/mirror/${id}`, ...request });

  const posted = firehoseRequest(firehose.secret ?? "", [`${events.join("\n")}\n`], { gzip: true });
  // The request is also repeated.
  for (let tries = 0; tries < 2; tries++) expect((await post(firehose.id, posted)).statusCode).toBe(200);
  const insights = async () => told(await mirrored.send(new GetMessageInsightsCommand({ MessageId: sent.messageId })));
  const first = await insights();
  const types = first.flatMap(([, all]) => (Array.isArray(all) ? all.map(([type]) => type) : []));
  expect(types).toEqual(expect.arrayContaining(["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "OPEN", "CLICK"]));

  const headers = { "x-mailglass-key": bridge.secret ?? "", "content-type": "application/json; charset=utf-8" };
  for (const [index, event] of events.entries()) {
    const envelope = `{"version":"0","id":"${index}","detail-type":"Email Event","source":"aws.ses","account":"${account}","resources":[],"detail":${event}}`;
    // A rule with an input transformer sends the event alone.
    const payload = index % 2 === 0 ? envelope : event;
    expect((await post(bridge.id, { headers, payload })).statusCode).toBe(200);
  }
  expect(await insights()).toEqual(first);
  await eventually(async () => {
    for (const { id } of [firehose, bridge]) {
      expect(await show(id)).toMatchObject({ status: "receiving", recordsSetAside: 0 });
    }
  });
});
