import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "../../../test/support/event-json-cases.ts";
import { sendEvent } from "../../../test/support/mail-events.ts";
import { account, headers, mail, rowOf, sent } from "../../../test/support/published-mail.ts";
import { runs } from "../../../test/support/runs.ts";
import type { MailEvent, MessageFacts } from "../../events/event.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { type EventName, eventNames, isPublishedOncePerMessage } from "./event-names.ts";
import { prepareMessage, renderEvent } from "./render-event.ts";

describe("an event is rendered as SES publishes it", () => {
  it.each(cases)("%s", (_, event, published) => {
    // The texts are compared, since the order of the members counts, too.
    const message = prepareMessage(rowOf(sent), headers, account);
    expect(renderEvent(rowOf(event), message)).toBe(JSON.stringify(published));
  });
});

describe("the mail of an event", () => {
  const mailOf = (message: Partial<MessageFacts>, known: "headers" | "no headers" = "headers") => {
    const send = rowOf(sendEvent({ ...sent, message: { ...sent.message, ...message } }));
    const prepared = prepareMessage(send, known === "headers" ? headers : undefined, account);
    return JSON.parse(renderEvent(send, prepared)).mail;
  };

  it("names the provider of its only recipient", () => {
    expect(mailOf({ destination: ["one@example.org"] }).tags).toMatchObject({ "ses:recipient-isp": ["Gmail"] });
  });

  it("names its tenant, and no configuration set if it has none", () => {
    const { tags } = mailOf({ tenant: "one", configurationSet: undefined, tags: { a: ["b"] } });
    expect(tags).toEqual({ "ses:tenant-name": ["one"], a: ["b"] });
  });

  it("names the identity of the account that owns it, and the account that sent", () => {
    expect(mailOf({ identity: "example.com", identityOwner: { scope: 2, accountId: "888888888888" } })).toMatchObject({
      sourceArn: "arn:aws:ses:eu-west-1:888888888888:identity/example.com",
      sendingAccountId: account.accountId,
    });
  });

  it("has the return path that the sender chose", () => {
    expect(mailOf({ feedbackAddress: "bounces@example.com" }).commonHeaders.returnPath).toBe("bounces@example.com");
  });

  it("has what its SEND tells if its headers are unknown", () => {
    expect(mailOf({ subject: "hi" }, "no headers")).toMatchObject({
      headersTruncated: true,
      headers: [],
      commonHeaders: { from: ["sender@example.com"], messageId: sent.messageId, subject: "hi" },
    });
  });

  it("has tags with any name", () => {
    const { tags } = mailOf({ tags: Object.fromEntries([["__proto__", ["x"]]]) });
    expect(Object.entries(tags)).toEqual([["__proto__", ["x"]]]);
  });
});

it("is published once for a message if it isn't about one of its recipients", () => {
  const types = cases.map(([, { type }]) => type).filter(isPublishedOncePerMessage);
  expect(types).toEqual(["SEND", "REJECT", "RENDERING_FAILURE"]);
});

/** The members that SES's events of a type always have. */
const required: Readonly<Record<MailEvent["type"], readonly string[]>> = {
  SEND: [],
  REJECT: ["reason"],
  BOUNCE: ["feedbackId", "bounceType", "bounceSubType", "bouncedRecipients", "timestamp"],
  COMPLAINT: ["feedbackId", "complaintSubType", "complainedRecipients", "timestamp"],
  DELIVERY: ["timestamp", "processingTimeMillis", "recipients", "smtpResponse", "reportingMTA"],
  OPEN: ["ipAddress", "timestamp", "userAgent"],
  CLICK: ["ipAddress", "timestamp", "userAgent", "link", "linkTags"],
  RENDERING_FAILURE: ["errorMessage", "templateName"],
  DELIVERY_DELAY: ["timestamp", "delayType", "delayedRecipients"],
  SUBSCRIPTION: ["contactList", "timestamp", "source"],
};

describe("any event", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constantFrom("\n", "\u2028", "\ud800", '"\\'));
  const texts = fc.array(text, { minLength: 1, maxLength: 3 });
  /** Rows as another system may have written them, with any text anywhere. */
  const row = fc.record<EventRow>({
    id: fc.uuid(),
    message_id: text,
    scope: fc.constant(defaultScope),
    recipient: text,
    type: fc.constantFrom(...cases.map(([, { type }]) => type)),
    at: fc.integer({ min: 0, max: 4e12 }),
    sent_at: fc.integer({ min: 0, max: 4e12 }),
    bounce_type: text,
    bounce_sub_type: text,
    complaint_sub_type: text,
    complaint_feedback_type: text,
    diagnostic: text,
    details: fc.oneof(
      text,
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom(...Object.values(required).flat(), "action", "reportingMTA", "link", "linkTags"),
          fc.oneof(text, fc.jsonValue()),
        )
        .map((details) => JSON.stringify(details)),
    ),
  });
  const send = fc.record<EventRow>({
    id: fc.uuid(),
    message_id: text,
    scope: fc.constant(defaultScope),
    recipient: text,
    type: fc.constant("SEND"),
    at: fc.constant(0),
    sent_at: fc.integer({ min: 0, max: 4e12 }),
    source: text,
    subject: text,
    identity: text,
    configuration_set: text,
    tenant: text,
    tags: fc.dictionary(text, texts),
    destination: texts,
    details: text,
  });

  it("has U+FFFD for what has no UTF-8 encoding", () => {
    const click = { ...rowOf(sent), type: "CLICK", details: '{"link":"a\\ud800b"}' } as const;
    const line = renderEvent(click, prepareMessage(rowOf(sent), headers, account));
    expect(JSON.parse(line).click.link).toBe("a\ufffdb");
  });

  it("is one line of JSON with the members that SES's events always have", () => {
    const names: readonly EventName[] = Object.values(eventNames);
    fc.assert(
      fc.property(row, send, fc.boolean(), (event, of, known) => {
        const line = renderEvent(event, prepareMessage(of, known ? headers : undefined, account));
        expect(line).not.toMatch(/[\r\n]/);
        const { eventType, mail: about, ...body } = JSON.parse(line);
        const name = names.find((one) => one.eventType === eventType);
        expect(Object.keys(body)).toEqual([name?.member]);
        expect(Object.keys(body[name?.member ?? ""])).toEqual(expect.arrayContaining([...required[event.type]]));
        expect(Object.keys(about)).toEqual(expect.arrayContaining([...Object.keys(mail), "headersTruncated", "tags"]));
      }),
      { numRuns: runs(1000) },
    );
  });
});
