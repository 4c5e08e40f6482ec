import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "../../test/support/event-json-cases.ts";
import { histories } from "../../test/support/mail-events.ts";
import { account, headers, sent } from "../../test/support/published-mail.ts";
import { runs } from "../../test/support/runs.ts";
import type { MailEvent } from "../events/event.ts";
import { decodeEvents, encodeEvent } from "../events/record.ts";
import { prepareMessage, renderEvent } from "../publishing/ses-event/render-event.ts";
import { mailEventsOf, readMirroredEvent } from "./mirrored-event.ts";
import { UnreadableEvent } from "./unreadable-event.ts";

const recording = { scope: 7, account: account.accountId, suppresses: false, openTracked: false, clickTracked: false };

function mirrored(event: object, given: Partial<typeof recording> = {}): MailEvent[] {
  const parsed: Record<string, unknown> = JSON.parse(JSON.stringify(event));
  return mailEventsOf(readMirroredEvent(parsed), { ...recording, ...given });
}

/** The single event that is read from an event of SES. */
function only(event: object): MailEvent {
  const [first, ...others] = mirrored(event);
  expect(others).toEqual([]);
  if (!first) throw new Error("there is no event");
  return first;
}

const mail = {
  timestamp: "2016-10-19T23:20:52.240Z",
  source: "Sender <sender@example.com>",
  sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/sender@example.com",
  sendingAccountId: "123456789012",
  messageId: "010201583e4c5a5f-39d3d2b9-6f5c-43e2-9a36-95e5a8a4e4a1-000000",
  destination: ["recipient@example.com"],
  headersTruncated: false,
  headers: [{ name: "Subject", value: "Hello" }],
  commonHeaders: { from: ["sender@example.com"], to: ["recipient@example.com"], messageId: "x", subject: "Hello" },
  tags: { "ses:configuration-set": ["news"], "ses:tenant-name": ["one"], campaign: ["spring"] },
};
const open = {
  ipAddress: "192.0.2.1",
  timestamp: "2016-10-20T08:00:00.001Z",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
};

/** Types whose details have no timestamp in SES. */
const hasNoTime: ReadonlySet<MailEvent["type"]> = new Set(["SEND", "REJECT", "RENDERING_FAILURE"]);

describe("reading an event that SES publishes gives the original event", () => {
  it.each(cases)("%s", (_, event, published) => {
    const read = mirrored(published).find(
      ({ recipient }) => recipient === event.recipient || event.type === "OPEN" || event.type === "CLICK",
    );
    const [own] = decodeEvents(encodeEvent(event));
    const [other] = decodeEvents(encodeEvent(read ?? sent));
    expect(other).toMatchObject({
      type: event.type,
      scope: 7,
      message_id: own?.message_id,
      at: hasNoTime.has(event.type) ? own?.sent_at : own?.at,
      sent_at: own?.sent_at,
    });
  });

  it("for random histories of messages", () => {
    fc.assert(
      fc.property(histories(new Date("2026-09-21T00:00:00Z")), (history) => {
        const rows = history.flatMap((event) => decodeEvents(encodeEvent(event)));
        const [first] = rows;
        if (first?.type !== "SEND") return;
        // SES adds this tag to each message with a configuration set.
        const { configuration_set: set } = first;
        const send = { ...first, tags: set ? { "ses:configuration-set": [set] } : undefined };
        const message = prepareMessage(send, headers, account);
        for (const row of rows) {
          const [read] = mirrored(JSON.parse(renderEvent(row, message)));
          const [other] = read ? decodeEvents(encodeEvent(read)) : [];
          for (const name of [
            "type",
            "recipient",
            "message_id",
            "sent_at",
            "bounce_type",
            "bounce_sub_type",
            "complaint_sub_type",
            "complaint_feedback_type",
            "diagnostic",
          ] as const) {
            expect([name, other?.[name] || undefined]).toEqual([name, row[name] || undefined]);
          }
          expect(other?.at).toBe(hasNoTime.has(row.type) ? row.sent_at : row.at);
          for (const name of ["source", "identity", "configuration_set", "tenant"] as const) {
            expect([name, other?.[name]]).toEqual([name, send[name]]);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("an event's information about its message", () => {
  const bounce = {
    eventType: "Bounce",
    mail,
    bounce: {
      feedbackId: "f-1",
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients: [{ emailAddress: "<Recipient@EXAMPLE.com>", status: "5.1.1", action: "failed" }],
      timestamp: "2016-10-19T23:20:53.240Z",
      addedByAws: { later: 1 },
    },
  };

  it("is recorded with the event, since the Send may never arrive", () => {
    expect(only(bounce)).toMatchObject({
      messageId: mail.messageId,
      // Spelled as in the message, not as in the report.
      recipient: "recipient@example.com",
      mirrored: {
        message: {
          source: "sender@example.com",
          subject: "Hello",
          identity: "sender@example.com",
          configurationSet: "news",
          tenant: "one",
          isp: "UNKNOWN_ISP",
          inSesScope: true,
          destination: ["recipient@example.com"],
          tags: mail.tags,
        },
        unknown: { addedByAws: { later: 1 } },
      },
    });
    const [row] = decodeEvents(encodeEvent(only(bounce)));
    expect(row).toMatchObject({ subject: "Hello", configuration_set: "news", in_ses_scope: true });
    expect(JSON.parse(row?.details ?? "")).toMatchObject({ feedbackId: "f-1", unknown: { addedByAws: { later: 1 } } });
  });

  it("suppresses no address unless the source is set to", () => {
    expect(only(bounce)).toMatchObject({ distrusted: "mirrored" });
    expect(mirrored(bounce, { suppresses: true })[0]).not.toHaveProperty("distrusted");
  });

  it("may lack tags and headers, as in notifications of identities", () => {
    const { tags: _, headers: __, commonHeaders: ___, sourceArn: ____, ...brief } = mail;
    const { eventType: _____, ...rest } = bounce;
    const event = only({
      ...rest,
      notificationType: "Bounce",
      mail: { ...brief, timestamp: "2018-10-08T14:05:45 +0000" },
    });
    expect(event.sentAt).toEqual(new Date("2018-10-08T14:05:45Z"));
    expect(event.mirrored?.message).toMatchObject({
      identity: "example.com",
      subject: undefined,
      configurationSet: undefined,
      tags: {},
    });
  });
});

describe("the ID of an event", () => {
  const bounceOf = (feedbackId: string, type: object) => ({
    ...type,
    mail,
    bounce: {
      feedbackId,
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients: [{ emailAddress: "recipient@example.com" }],
      timestamp: "2016-10-19T23:20:53.240Z",
    },
  });
  const idOf = (event: object) => only(event).id;

  it("is the same if the event comes again as a notification of an identity", () => {
    const id = idOf(bounceOf("f-1", { eventType: "Bounce" }));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOf(bounceOf("f-1", { notificationType: "Bounce" }))).toBe(id);
    expect(idOf(bounceOf("f-2", { eventType: "Bounce" }))).not.toBe(id);
  });

  it("distinguishes opens and clicks by their time, and clicks also by their link", () => {
    const opened = (timestamp: string) => idOf({ eventType: "Open", mail, open: { ...open, timestamp } });
    expect(opened("2016-10-20T08:00:00.001Z")).toBe(opened("2016-10-20T08:00:00.001Z"));
    expect(opened("2016-10-20T08:00:00.001Z")).not.toBe(opened("2016-10-20T08:00:00.002Z"));
    const clicked = (link: string) => idOf({ eventType: "Click", mail, click: { ...open, link } });
    expect(clicked("https://a.example/")).not.toBe(clicked("https://b.example/"));
  });

  it("differs in another account", () => {
    const event = { eventType: "Send", mail, send: {} };
    expect(mirrored(event, { account: "999999999999" })[0]?.id).not.toBe(idOf(event));
  });
});

describe("several recipients", () => {
  const several = { ...mail, destination: ["one@gmail.com", "Two <two@example.com>"] };

  it("each have a Send, and are not in SES's insights", () => {
    expect(mirrored({ eventType: "Send", mail: several, send: {} })).toMatchObject([
      { recipient: "one@gmail.com", message: { isp: "Gmail", inSesScope: false } },
      { recipient: "two@example.com", message: { isp: "UNKNOWN_ISP", inSesScope: false } },
    ]);
  });

  it("leave the recipient of an open or click unknown", () => {
    expect(only({ eventType: "Open", mail: several, open }).recipient).toBe("");
    expect(only({ eventType: "Click", mail: several, click: { ...open, link: "https://a.example/" } }).recipient).toBe(
      "",
    );
    expect(only({ eventType: "Open", mail, open }).recipient).toBe("recipient@example.com");
  });
});

it("a client is a machine if SES considers it a bot or we know it as one", () => {
  expect(only({ eventType: "Open", mail, open })).toMatchObject({ machine: undefined });
  expect(only({ eventType: "Open", mail, open: { ...open, isBotEvent: "Likely" } })).toMatchObject({ machine: "bot" });
  const scanner = { ...open, userAgent: "curl/8.1", isBotEvent: "Unlikely" };
  expect(only({ eventType: "Open", mail, open: scanner })).toMatchObject({ machine: "bot" });
});

it.each(["Rendering Failure", "RenderingFailure", "RENDERING_FAILURE", "renderingFailure"])("knows %s", (eventType) => {
  expect(only({ eventType, mail, failure: { errorMessage: "no such value", templateName: "t" } })).toMatchObject({
    type: "RENDERING_FAILURE",
    templateName: "t",
  });
});

describe("an unreadable event is refused with the reason", () => {
  const send = { eventType: "Send", mail, send: {} };
  it.each<[string, object]>([
    ['The event type "Foretold" is unknown.', { ...send, eventType: "Foretold" }],
    ["It has no message ID.", { ...send, mail: { ...mail, messageId: "" } }],
    ["It has no message ID.", { eventType: "Send" }],
    ["Its mail.timestamp is not a time.", { ...send, mail: { ...mail, timestamp: "yesterday" } }],
    ["Its mail.timestamp is not a time.", { ...send, mail: { ...mail, timestamp: "1998-01-01T00:00:00Z" } }],
    ["Its mail.sendingAccountId is not an account ID.", { ...send, mail: { ...mail, sendingAccountId: "../1" } }],
    ["It names no recipient.", { ...send, mail: { ...mail, destination: [] } }],
    ["It names no recipient.", { eventType: "Bounce", mail, bounce: { bouncedRecipients: [] } }],
    ["It names a recipient without an address.", { eventType: "Bounce", mail, bounce: { bouncedRecipients: [{}] } }],
    [
      "It has more than 1000 recipients.",
      { ...send, mail: { ...mail, destination: Array(1001).fill("a@example.com") } },
    ],
  ])("%s", (reason, event) => {
    expect(() => mirrored(event)).toThrow(new UnreadableEvent(reason));
  });

  it("for random input", () => {
    fc.assert(
      fc.property(
        fc.object({
          key: fc.constantFrom(
            "eventType",
            "mail",
            "bounce",
            "messageId",
            "timestamp",
            "destination",
            "tags",
            "bouncedRecipients",
          ),
          maxDepth: 3,
        }),
        fc.constantFrom("Send", "Bounce", "Open", "Subscription"),
        (any, eventType) => {
          try {
            mirrored({ ...any, eventType });
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableEvent);
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});
