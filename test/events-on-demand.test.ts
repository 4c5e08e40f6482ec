/** Events on demand: each is what a real one would be, for suppression, insights, metrics and whoever is told. */
import {
  CreateEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  NotFoundException,
  SESv2Client,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventOnDemand } from "../src/admin-api/faults.ts";
import type { MessageEvent } from "../src/admin-api/message.ts";
import { connectMailglass, type Mailglass } from "../src/testing/index.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { startReceivingServer } from "./support/receiving-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";
import { startWebhookReceiver } from "./support/webhook-receiver.ts";

let server: InProcessServer;
let mailglass: Mailglass;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_ACCOUNTS_FROM_KEYS: "on" } });
  mailglass = await connectMailglass(server.url);
});
afterAll(() => server?.close());

const urlOf = (id: string, prefix = "/testing") => `${prefix}/messages/${id}/events`;
const record = async (id: string, event: EventOnDemand) => (await mailglass.inbox.get(id)).addEvent(event);
const refusal = (id: string, event: unknown) => adminRefusal(server.app, "POST", urlOf(id), event);
const to = (...addresses: string[]) => simple({ Destination: { ToAddresses: addresses } });
const suppressed = (EmailAddress: string) =>
  server.client.send(new GetSuppressedDestinationCommand({ EmailAddress })).then(
    ({ SuppressedDestination }) => SuppressedDestination?.Reason,
    (error: unknown) => {
      expect(error).toBeInstanceOf(NotFoundException);
      return undefined;
    },
  );

describe("an event on demand", () => {
  it.each<[EventOnDemand, object]>([
    [
      { type: "BOUNCE" },
      {
        bounceType: "Permanent",
        bounceSubType: "General",
        action: "failed",
        status: "5.1.1",
        diagnostic: "smtp; 550 5.1.1 user unknown",
      },
    ],
    [
      { type: "BOUNCE", bounceType: "Transient", bounceSubType: "MailboxFull", diagnostic: "452 4.2.2 full" },
      { bounceType: "Transient", bounceSubType: "MailboxFull", diagnostic: "smtp; 452 4.2.2 full" },
    ],
    [
      { type: "BOUNCE", bounceType: "Undetermined" },
      { bounceType: "Undetermined", bounceSubType: "Undetermined" },
    ],
    [
      { type: "COMPLAINT", feedbackType: "fraud", userAgent: "x" },
      { complaintFeedbackType: "fraud", userAgent: "x" },
    ],
    [
      { type: "DELIVERY_DELAY", delayType: "SpamDetected", status: "4.7.1" },
      { delayType: "SpamDetected", status: "4.7.1", diagnostic: "smtp; 451 4.4.1 try again later" },
    ],
    [{ type: "DELIVERY", smtpResponse: "250 OK 1" }, { smtpResponse: "250 OK 1" }],
    [{ type: "OPEN" }, { ipAddress: "127.0.0.1", userAgent: expect.stringContaining("Mozilla/5.0") }],
    [
      { type: "OPEN", userAgent: "curl/8.0", ipAddress: "192.0.2.1" },
      { machine: "bot", ipAddress: "192.0.2.1" },
    ],
    [
      { type: "CLICK", link: "https://example.com/a?b=c", linkTags: { button: ["red"] } },
      { link: "https://example.com/a?b=c", linkTags: { button: ["red"] } },
    ],
    [{ type: "REJECT" }, { reason: "Bad content" }],
    [
      { type: "RENDERING_FAILURE", templateName: "t", errorMessage: "e" },
      { templateName: "t", errorMessage: "e" },
    ],
  ])("has the details of a real one: %j", async (event, details) => {
    const id = await send(server, to("details@example.net"));
    const recorded = await record(id, event);
    expect(recorded).toMatchObject({ type: event.type, recipient: "details@example.net", ...details });
    const shown = await callAdmin<{ recipients: { events: MessageEvent[] }[] }>(
      server.app,
      "GET",
      `/admin/messages/${id}`,
    );
    const { recipient: _, at, ...same } = recorded;
    expect(shown.recipients[0]?.events).toContainEqual({ ...same, at: at.toISOString() });
  });

  it("suppresses, is told in insights and published as a real one", async () => {
    await using receiver = await startWebhookReceiver();
    await callAdmin(server.app, "POST", "/admin/webhooks", {
      name: "all",
      url: receiver.url,
      eventTypes: ["BOUNCE", "COMPLAINT", "OPEN", "CLICK", "DELIVERY_DELAY"],
    });
    const id = await send(server, to("hard@example.net"));
    await record(id, { type: "BOUNCE", bounceSubType: "NoEmail", diagnostic: "550 5.1.1 nobody" });
    expect(await suppressed("hard@example.net")).toBe("BOUNCE");
    expect(told(await insightsOf(server, id))).toEqual([
      ["hard@example.net", [["SEND"], ["DELIVERY"], ["BOUNCE", "PERMANENT", "NO_EMAIL", "smtp; 550 5.1.1 nobody"]]],
    ]);
    const complained = await send(server, to("angry@example.net"));
    await record(complained, { type: "COMPLAINT" });
    expect(await suppressed("angry@example.net")).toBe("COMPLAINT");
    const soft = await send(server, to("soft@example.net"));
    await record(soft, { type: "BOUNCE", bounceType: "Transient" });
    await record(soft, { type: "OPEN" });
    await record(soft, { type: "CLICK", link: "https://example.com/" });
    await record(soft, { type: "DELIVERY_DELAY" });
    expect(await suppressed("soft@example.net")).toBeUndefined();
    await eventually(() => expect(receiver.received).toHaveLength(6));
    const published = receiver.received.map(({ body }) => JSON.parse(body));
    expect(published.map(({ eventType }) => eventType).sort()).toEqual(
      ["Bounce", "Bounce", "Click", "Complaint", "DeliveryDelay", "Open"].sort(),
    );
    expect(published.find(({ mail }) => mail.messageId === id)).toMatchObject({
      bounce: {
        bounceType: "Permanent",
        bouncedRecipients: [
          { emailAddress: "hard@example.net", status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 nobody" },
        ],
      },
    });
  });

  it("is about the recipient that it names", async () => {
    const id = await send(server, to("First@example.net", "second@example.net"));
    expect(await refusal(id, { type: "BOUNCE" })).toEqual([
      400,
      "The message has several recipients: name one of them as recipient: First@example.net, second@example.net.",
    ]);
    expect((await record(id, { type: "OPEN", recipient: "first@example.net" })).recipient).toBe("First@example.net");
    expect(await refusal(id, { type: "OPEN", recipient: "third@example.net" })).toEqual([
      400,
      'The message has no recipient "third@example.net". It has First@example.net, second@example.net.',
    ]);
  });

  it("has a time from the sending to the present", async () => {
    const before = new Date();
    const id = await send(server, to("time@example.net"));
    expect((await refusal(id, { type: "OPEN", at: new Date(before.getTime() - 60_000).toISOString() }))[0]).toBe(400);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const [status, text] = await refusal(id, { type: "OPEN", at: later });
    expect([status, text]).toEqual([400, expect.stringContaining("PUT /testing/clock")]);
    await mailglass.clock.advance("2h");
    expect((await record(id, { type: "OPEN", at: later })).at).toEqual(new Date(later));
    await mailglass.clock.reset();
    // The message's time has not come yet.
    await mailglass.clock.advance("-2h");
    const { at } = await record(id, { type: "OPEN" });
    expect(at.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await mailglass.clock.reset();
  });

  it("is refused if no message could have it", async () => {
    const id = await send(server, to("bad@example.net"));
    const wrong: [unknown, string][] = [
      [undefined, "An event must be a JSON object."],
      [{}, "There is no event type undefined here."],
      [{ type: "Bounce" }, 'There is no event type "Bounce" here. The types are BOUNCE, COMPLAINT'],
      [{ type: "SEND" }, "Each message has its SEND event"],
      [{ type: "SUBSCRIPTION" }, "follows a recipient's choice"],
      [{ type: "BOUNCE", bounceType: "Hard" }, "bounceType must be one of Permanent, Transient, Undetermined."],
      [
        { type: "BOUNCE", bounceType: "Transient", bounceSubType: "NoEmail" },
        "bounceSubType must be one of General, Mail",
      ],
      [{ type: "BOUNCE", link: "https://x.example" }, 'An event has no member "link".'],
      [{ type: "BOUNCE", status: "550" }, "status must be an enhanced status code"],
      [{ type: "COMPLAINT", feedbackType: "spam" }, "feedbackType must be one of abuse"],
      [{ type: "DELIVERY_DELAY", delayType: "Slow" }, "delayType must be one of"],
      [{ type: "CLICK" }, "A CLICK must have a link: an http or https URL."],
      [{ type: "CLICK", link: "javascript:alert(1)" }, "A CLICK must have a link"],
      [{ type: "CLICK", link: "https://x.example", linkTags: { a: "b" } }, "linkTags must be an object"],
      [{ type: "OPEN", ipAddress: "localhost" }, "ipAddress must be an IP address."],
      [{ type: "OPEN", at: "yesterday" }, "at must be an instant"],
    ];
    for (const [event, text] of wrong) {
      expect([event, ...(await refusal(id, event))]).toEqual([event, 400, expect.stringContaining(text)]);
    }
    expect(told(await insightsOf(server, id))[0]?.[1]).toEqual([["SEND"], ["DELIVERY"]]);
    const unknown = "01000190aaaaaaaa-11111111-2222-3333-4444-555555555555-000000";
    expect(await refusal(unknown, { type: "OPEN" })).toEqual([404, "There is no message with this id."]);
  });

  it("concerns messages of the caller's scope, and suppresses there", async () => {
    await using account = await mailglass.account();
    const other = new SESv2Client(account.clientConfig);
    const id = await send({ ...server, client: other }, to("shared@example.net"));
    const elsewhere = `${urlOf(id)}?account=000000000000`;
    expect(await adminRefusal(server.app, "POST", elsewhere, { type: "BOUNCE" })).toEqual([
      404,
      "There is no message with this id.",
    ]);
    await callAdmin(server.app, "POST", `${urlOf(id, "/admin")}?account=${account.id}`, { type: "BOUNCE" });
    expect(await suppressed("shared@example.net")).toBeUndefined();
    const there = await other.send(new GetSuppressedDestinationCommand({ EmailAddress: "shared@example.net" }));
    expect(there.SuppressedDestination?.Reason).toBe("BOUNCE");
    other.destroy();
  });
});

it("where mail leaves, a bounce on demand is forwarded to the sender", async () => {
  await using receiving = await startReceivingServer();
  const leaving = await startInProcess({
    environment: {
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiving.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    },
  });
  try {
    await leaving.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "sender@example.com" }));
    // Feedback goes to proven senders only.
    await leaving.database.query("UPDATE email_identities SET proven_at = now()");
    const id = await send(leaving, to("gone@example.net"));
    const mailTo = (address: string) => receiving.taken.filter((mail) => mail.to.includes(address));
    await eventually(() => expect(mailTo("gone@example.net")).toHaveLength(1));
    const message = await (await connectMailglass(leaving.url)).inbox.get(id);
    await message.addEvent({ type: "BOUNCE", diagnostic: "550 5.1.1 gone on demand" });
    const notices = () => mailTo("sender@example.com").map(({ mime }) => mime.toString());
    await eventually(() => expect(notices().join()).toContain("gone on demand"));
  } finally {
    await leaving.close();
  }
});
