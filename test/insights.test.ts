/** GetMessageInsights, with the SDK: the story of each message, and of whom it is told. */
import { randomUUID } from "node:crypto";
import { PutAccountVdmAttributesCommand, type SendEmailRequest } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MailEvent } from "../src/events/event.ts";
import { defaultScope } from "../src/stores/postgres/database.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { bounceEvent, clickEvent, complaintEvent, deliveryEvent, openEvent, sendEvent } from "./support/mail-events.ts";
import { createMessageExport, endOfExport } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";
import { insightsOf, send as sendOn, simple, told } from "./support/sent-mail.ts";

let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_ACCOUNT_ID: "123456789012", MAILGLASS_EXPORT_WORKERS: "0" },
  });
});
afterAll(() => server.close());

const send = (input: SendEmailRequest, on = server) => sendOn(on, input);
const insights = (id: string, on = server) => insightsOf(on, id);

it("tell of a message at once, and the same once its events have moved", async () => {
  const id = await send(
    simple({
      EmailTags: [
        { Name: "campaign", Value: "one" },
        { Name: "campaign", Value: "two" },
      ],
    }),
  );
  const { $metadata, ...found } = await insights(id);
  expect(found).toEqual({
    MessageId: id,
    FromEmailAddress: "sender@example.com",
    Subject: "Grüße",
    EmailTags: expect.arrayContaining([
      { Name: "campaign", Value: "one" },
      { Name: "campaign", Value: "two" },
      { Name: "ses:operation", Value: "SendEmail" },
      { Name: "ses:caller-identity", Value: "AKIAIOSFODNN7EXAMPLE" },
      { Name: "ses:source-ip", Value: "127.0.0.1" },
      { Name: "ses:from-domain", Value: "example.com" },
      { Name: "ses:sender-identity", Value: "example.com" },
      { Name: "ses:recipient-isp", Value: "Gmail" },
    ]),
    Insights: [
      {
        Destination: "user@gmail.com",
        Isp: "Gmail",
        Events: [
          { Timestamp: expect.any(Date), Type: "SEND" },
          { Timestamp: expect.any(Date), Type: "DELIVERY" },
        ],
      },
    ],
  });
  await server.recorder.drained();
  const { $metadata: _again, ...moved } = await insights(id);
  expect({ ...moved, EmailTags: new Set(moved.EmailTags) }).toEqual({
    ...found,
    EmailTags: new Set(found.EmailTags),
  });
});

it.each<[string, unknown[][]]>([
  ["success", [["SEND"], ["DELIVERY"]]],
  ["bounce", [["SEND"], ["BOUNCE", "PERMANENT", "GENERAL", expect.stringContaining("smtp; 550 5.1.1")]]],
  ["complaint", [["SEND"], ["DELIVERY"], ["COMPLAINT", "abuse"]]],
  ["ooto", [["SEND"], ["DELIVERY"], ["BOUNCE", "TRANSIENT", "GENERAL", undefined]]],
  ["suppressionlist", [["SEND"], ["BOUNCE", "PERMANENT", "GENERAL", expect.stringContaining("suppressed")]]],
])("tell what the simulator does with %s, with a label or without", async (name, expected) => {
  for (const local of [name, `${name}+label-1`, name.toUpperCase()]) {
    const address = `${local}@simulator.amazonses.com`;
    const id = await send(simple({ Destination: { ToAddresses: [address] } }));
    expect(told(await insights(id))).toEqual([[address, expected]]);
  }
});

it("tell each recipient's own story, and each recipient once", async () => {
  const addresses = ["a@example.com", "bounce@simulator.amazonses.com", "A@example.com", "a@EXAMPLE.com"];
  const id = await send(simple({ Destination: { ToAddresses: addresses, CcAddresses: ["a@example.com"] } }));
  expect(told(await insights(id)).map(([recipient, events]) => [recipient, [events].flat().length])).toEqual([
    ["a@example.com", 2],
    ["bounce@simulator.amazonses.com", 2],
    ["A@example.com", 2],
  ]);
});

it("tell that bad content was rejected", async () => {
  const eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
  const Attachments = [{ FileName: "a.txt", RawContent: Buffer.from(eicar) }];
  const content = { Subject: { Data: "s" }, Body: { Text: { Data: "t" } }, Attachments };
  const id = await send(simple({ Content: { Simple: content } }));
  expect(told(await insights(id))).toEqual([["user@gmail.com", [["SEND"], ["REJECT"]]]]);
});

it("tell of what is recorded after the sending, whatever and whenever it is", async () => {
  const subject = "ü".repeat(998);
  const sent = sendEvent({ recipient: "user@gmail.com", message: { isp: "Gmail", subject, tags: { a: ["b"] } } });
  const then = (hours: number) => ({ ...sent, at: new Date(sent.sentAt.getTime() + hours * 3_600_000) });
  const { messageId, sentAt, recipient } = sent;
  const base = (hours: number) => ({
    id: randomUUID(),
    scope: defaultScope,
    messageId,
    sentAt,
    recipient,
    at: then(hours).at,
  });
  const story: MailEvent[] = [
    sent,
    { ...base(1), type: "DELIVERY_DELAY", delayType: "MailboxFull", expirationTime: then(14).at },
    deliveryEvent(then(2)),
    openEvent(then(3)),
    clickEvent(then(3)),
    openEvent(then(4)),
    complaintEvent(then(5), { complaintFeedbackType: "not-spam" }),
    { ...base(6), type: "SUBSCRIPTION", contactList: "list", source: "UnsubscribeHeader" },
    // Long after: a mailbox that filled up, told by a report.
    bounceEvent(then(24 * 90), { bounceType: "Transient", bounceSubType: "MailboxFull", diagnosticCode: "smtp; 452" }),
  ];
  for (const event of story.toReversed()) await server.outbox.record([event]);
  await server.outbox.record(story.slice(3));
  const { $metadata, ...found } = await insights(messageId);
  expect(found).toEqual({
    MessageId: messageId,
    FromEmailAddress: "sender@example.com",
    Subject: subject,
    EmailTags: [{ Name: "a", Value: "b" }],
    Insights: [{ Destination: recipient, Isp: "Gmail", Events: expect.any(Array) }],
  });
  expect(found.Insights?.[0]?.Events?.map(({ Timestamp }) => Timestamp)).toEqual(story.map(({ at }) => at));
  expect(told(found)).toEqual([
    [
      recipient,
      [
        ...[["SEND"], ["DELIVERY_DELAY"], ["DELIVERY"], ["OPEN"], ["CLICK"], ["OPEN"]],
        ...[["COMPLAINT", "not-spam"], ["SUBSCRIPTION"], ["BOUNCE", "TRANSIENT", "MAILBOX_FULL", "smtp; 452"]],
      ],
    ],
  ]);
});

it("are there while VDM is on, and tell of what was sent while it was off", async () => {
  const vdm = (VdmEnabled: "ENABLED" | "DISABLED") =>
    server.client.send(new PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled } }));
  await vdm("DISABLED");
  const id = await send(simple());
  const text = "To use this feature you must enable Virtual Deliverability Manager";
  expect(await refused(insights(id))).toEqual(["NotFoundException", text]);
  expect(await refused(insights("none"))).toEqual(["NotFoundException", text]);
  await vdm("ENABLED");
  expect(told(await insights(id))).toHaveLength(1);
  expect(await refused(insights("none"))).toEqual([
    "NotFoundException",
    "Message <none> not found for account <123456789012>",
  ]);
});

it("leave out what SES leaves out, where that is set", async () => {
  const { database, events, objects } = server;
  const narrow = await startInProcess({
    database,
    events,
    objects,
    environment: { MAILGLASS_INSIGHTS_SCOPE: "ses" },
  });
  try {
    const subject = (Data: string) => ({ Simple: { Subject: { Data }, Body: { Text: { Data: "t" } } } });
    const start = new Date(Date.now() - 1_000);
    const shown = await send(simple({ Content: subject("shown") }), narrow);
    const hidden = await Promise.all([
      send(simple({ Destination: { ToAddresses: ["a@example.com", "b@example.com"] } }), narrow),
      send(simple({ Destination: { ToAddresses: ["success+x@simulator.amazonses.com"] } }), narrow),
    ]);
    expect(told(await insights(shown, narrow))).toHaveLength(1);
    for (const id of hidden) {
      expect((await refused(insights(id, narrow)))[0]).toBe("NotFoundException");
      expect(told(await insights(id, server)).length).toBeGreaterThan(0);
    }
    const interval = { start, end: new Date(Date.now() + 1_000) };
    const job = await endOfExport(narrow.client, await createMessageExport(narrow.client, interval));
    expect(job.Statistics?.ExportedRecordsCount).toBeGreaterThanOrEqual(1);
    const file = await (await fetch(job.ExportDestination?.S3Url ?? "")).text();
    expect(file).toContain(shown);
    for (const id of hidden) expect(file).not.toContain(id);
  } finally {
    await narrow.close();
  }
});
