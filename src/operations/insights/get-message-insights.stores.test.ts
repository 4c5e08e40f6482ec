import { randomUUID } from "node:crypto";
import type { GetMessageInsightsResponse } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import {
  bounceEvent,
  clickEvent,
  complaintEvent,
  deliveryEvent,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../../test/support/mail-events.ts";
import { noObjects } from "../../../test/support/no-objects.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { suppressNothing } from "../../../test/support/suppression-rules.ts";
import type { MailEvent } from "../../events/event.ts";
import { createOutbox, type Outbox } from "../../events/outbox.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { getMessageInsights, type InsightsServices } from "./get-message-insights.ts";

const engines = databases.flatMap((postgres) =>
  eventDatabases.map((clickhouse) => ({ ...postgres, clickhouse, kind: clickhouse.kind })),
);

type Sent = ReturnType<typeof sendEvent>;
/** So many milliseconds after the sending. */
const after = (sent: Sent, milliseconds: number) => ({ ...sent, at: new Date(sent.at.getTime() + milliseconds) });
const baseOf = ({ messageId, sentAt, recipient, at }: Sent) => ({
  id: randomUUID(),
  scope: defaultScope,
  messageId,
  sentAt,
  recipient,
  at,
});

/** An event of each type SES names, in the order in which they are told where all bear the same time. */
function everyType(sent: Sent): MailEvent[] {
  return [
    sent,
    { ...baseOf(sent), type: "REJECT", reason: "Bad content" },
    { ...baseOf(sent), type: "RENDERING_FAILURE", errorMessage: "Attribute 'name' is not present", templateName: "t" },
    { ...baseOf(sent), type: "DELIVERY_DELAY", delayType: "MailboxFull", expirationTime: sent.at, diagnosticCode: "4" },
    deliveryEvent(sent),
    bounceEvent(sent),
    complaintEvent(sent),
    openEvent(sent),
    clickEvent(sent),
    { ...baseOf(sent), type: "SUBSCRIPTION", contactList: "list", source: "UnsubscribeHeader" },
  ];
}

const typesOf = (answer: GetMessageInsightsResponse) =>
  Object.fromEntries(
    (answer.Insights ?? []).map(({ Destination = "", Events = [] }) => [Destination, Events.map(({ Type }) => Type)]),
  );
const detailsOf = ({ Insights = [] }: GetMessageInsightsResponse) =>
  Insights.flatMap(({ Events = [] }) => Events.flatMap(({ Details }) => (Details ? [Details] : [])));

describe.each(engines)("GetMessageInsights on $name and $kind", ({ open, clickhouse }) => {
  let database: Database;
  let events: EventDatabase;
  let outbox: Outbox;
  let services: InsightsServices;

  beforeAll(async () => {
    [database, events] = await Promise.all([open(), clickhouse.open()]);
    outbox = createOutbox({
      database,
      objects: noObjects,
      suppressionRules: suppressNothing,
      interest: async () => undefined,
      clock: () => new Date(),
      committed: () => {},
    });
    services = {
      database,
      events,
      vdmEnabled: async () => true,
      scope: defaultScope,
      messages: "all",
      machines: "apart",
      accountId: "123456789012",
    };
  });
  afterAll(() => database.close());

  const ask = (MessageId: string, given: Partial<InsightsServices> = {}) =>
    getMessageInsights({ ...services, ...given })({ MessageId }, callContext());
  /** Where the events of a message may be while it is asked about: the outbox, the event database, or some in each. */
  const places: [where: string, tell: (events: readonly MailEvent[]) => Promise<void>][] = [
    ["in the outbox", (told) => outbox.record(told)],
    ["in the event database", (told) => insertEvents(events, told)],
    [
      "in both",
      async (told) => {
        const half = Math.ceil(told.length / 2);
        await Promise.all([outbox.record(told.slice(0, half + 1)), insertEvents(events, told.slice(half - 1))]);
      },
    ],
  ];

  it.each(places)("tells of every type of event once, in order, %s", async (_where, tell) => {
    const sent = sendEvent();
    const told = everyType(sent);
    expect(new Set(told.map(({ type }) => type)).size).toBe(10);
    await tell(told.toReversed());
    const { Insights } = await ask(sent.messageId);
    expect(Insights).toEqual([
      {
        Destination: "user@example.com",
        Isp: "UNKNOWN_ISP",
        Events: told.map(({ type, at }) => ({
          Timestamp: at,
          Type: type,
          ...(["BOUNCE", "COMPLAINT"].includes(type) && { Details: expect.anything() }),
        })),
      },
    ]);
    // Told again: nothing is new.
    await tell(told);
    expect((await ask(sent.messageId)).Insights).toEqual(Insights);
  });

  it.each(places)("doesn't know messages of other accounts and regions, %s", async (_where, tell) => {
    const sent = sendEvent({ scope: 7 });
    await tell([sent, deliveryEvent(sent)]);
    expect((await refusalOf(ask(sent.messageId)))[0]).toBe("NotFoundException");
    expect((await refusalOf(ask(sent.messageId, { scope: 8 })))[0]).toBe("NotFoundException");
    expect(typesOf(await ask(sent.messageId, { scope: 7 }))).toEqual({ "user@example.com": ["SEND", "DELIVERY"] });
  });

  it("takes events that come late, or before the sending they belong to", async () => {
    const sent = sendEvent({ message: { subject: "late", inSesScope: true } });
    const opened = openEvent(after(sent, 86_400_000 * 90));
    const delivered = deliveryEvent(after(sent, 5));
    await insertEvents(events, [opened]);
    expect(await ask(sent.messageId)).toEqual({
      MessageId: sent.messageId,
      EmailTags: [],
      Insights: [{ Destination: "user@example.com", Events: [{ Timestamp: opened.at, Type: "OPEN" }] }],
    });
    // Whether SES would show it is told by the sending alone.
    expect((await refusalOf(ask(sent.messageId, { messages: "ses" })))[0]).toBe("NotFoundException");
    await outbox.record([delivered]);
    await insertEvents(events, [sent]);
    const known = await ask(sent.messageId, { messages: "ses" });
    expect(known).toMatchObject({ Subject: "late", FromEmailAddress: "sender@example.com" });
    expect(typesOf(known)).toEqual({ "user@example.com": ["SEND", "DELIVERY", "OPEN"] });
    const [first, second, third] = known.Insights?.[0]?.Events ?? [];
    expect([first, second, third].map((event) => event?.Timestamp)).toEqual([sent.at, delivered.at, opened.at]);
  });

  it("tells several recipients apart, in the message's own order, with all their tags", async () => {
    const destination = ["z@gmail.com", "a@yahoo.com", "m@example.com"];
    const isps = ["Gmail", "Yahoo", "UNKNOWN_ISP"];
    const first = sendEvent({ recipient: destination[0] ?? "" });
    const sends = destination.map((recipient, at) =>
      sendEvent({
        messageId: first.messageId,
        recipient,
        message: {
          destination,
          isp: isps[at] ?? "",
          inSesScope: false,
          tags: { campaign: ["one", "two"], "ses:recipient-isp": [isps[at] ?? ""] },
        },
      }),
    );
    const [gmail, yahoo, other] = sends;
    if (!gmail || !yahoo || !other) throw new Error("there are three");
    await outbox.record([deliveryEvent(other), bounceEvent(after(gmail, 1)), ...sends]);
    await insertEvents(events, [complaintEvent(after(yahoo, 2)), deliveryEvent(after(yahoo, 1))]);
    const answer = await ask(first.messageId);
    expect(answer.Insights?.map(({ Destination, Isp }) => [Destination, Isp])).toEqual([
      ["z@gmail.com", "Gmail"],
      ["a@yahoo.com", "Yahoo"],
      ["m@example.com", "UNKNOWN_ISP"],
    ]);
    expect(typesOf(answer)).toEqual({
      "z@gmail.com": ["SEND", "BOUNCE"],
      "a@yahoo.com": ["SEND", "DELIVERY", "COMPLAINT"],
      "m@example.com": ["SEND", "DELIVERY"],
    });
    const tags = answer.EmailTags?.map(({ Name, Value }) => `${Name}=${Value}`).sort();
    expect(tags).toEqual([
      "campaign=one",
      "campaign=two",
      "ses:recipient-isp=Gmail",
      "ses:recipient-isp=UNKNOWN_ISP",
      "ses:recipient-isp=Yahoo",
    ]);
    expect((await refusalOf(ask(first.messageId, { messages: "ses" })))[0]).toBe("NotFoundException");
  });

  it.each<[type: "Permanent" | "Transient" | "Undetermined", subType: string, told: object]>([
    ["Undetermined", "Undetermined", { BounceType: "UNDETERMINED", BounceSubType: "UNDETERMINED" }],
    ["Permanent", "General", { BounceType: "PERMANENT", BounceSubType: "GENERAL" }],
    ["Permanent", "NoEmail", { BounceType: "PERMANENT", BounceSubType: "NO_EMAIL" }],
    ["Permanent", "Suppressed", { BounceType: "PERMANENT", BounceSubType: "SUPPRESSED" }],
    [
      "Permanent",
      "OnAccountSuppressionList",
      { BounceType: "PERMANENT", BounceSubType: "ON_ACCOUNT_SUPPRESSION_LIST" },
    ],
    ["Permanent", "UnsubscribedRecipient", { BounceType: "PERMANENT", BounceSubType: "UNSUBSCRIBED_RECIPIENT" }],
    [
      "Permanent",
      "EmailValidationSuppressed",
      { BounceType: "PERMANENT", BounceSubType: "EMAIL_VALIDATION_SUPPRESSED" },
    ],
    ["Permanent", "OnTenantSuppressionList", { BounceType: "PERMANENT", BounceSubType: "ON_TENANT_SUPPRESSION_LIST" }],
    ["Transient", "General", { BounceType: "TRANSIENT", BounceSubType: "GENERAL" }],
    ["Transient", "MailboxFull", { BounceType: "TRANSIENT", BounceSubType: "MAILBOX_FULL" }],
    ["Transient", "MessageTooLarge", { BounceType: "TRANSIENT", BounceSubType: "MESSAGE_TOO_LARGE" }],
    ["Transient", "CustomTimeoutExceeded", { BounceType: "TRANSIENT", BounceSubType: "CUSTOM_TIMEOUT_EXCEEDED" }],
    ["Transient", "ContentRejected", { BounceType: "TRANSIENT", BounceSubType: "CONTENT_REJECTED" }],
    ["Transient", "AttachmentRejected", { BounceType: "TRANSIENT", BounceSubType: "ATTACHMENT_REJECTED" }],
    ["Transient", "", { BounceType: "TRANSIENT" }],
  ])(
    "has the bounce %s / %s in the API's words, with or without a diagnostic",
    async (bounceType, bounceSubType, told) => {
      const sent = sendEvent();
      const diagnosticCode = 'smtp; 552 5.2.2 "full",\nsays Grüße';
      await outbox.record([
        sent,
        bounceEvent(after(sent, 1), { bounceType, bounceSubType, diagnosticCode }),
        bounceEvent(after(sent, 2), { bounceType, bounceSubType }),
      ]);
      expect(detailsOf(await ask(sent.messageId))).toEqual([
        { Bounce: { ...told, DiagnosticCode: diagnosticCode } },
        { Bounce: told },
      ]);
    },
  );

  it.each([
    [{ complaintFeedbackType: "abuse" }, { ComplaintFeedbackType: "abuse" }],
    [{ complaintFeedbackType: "not-spam" }, { ComplaintFeedbackType: "not-spam" }],
    [{ complaintSubType: "OnAccountSuppressionList" }, { ComplaintSubType: "ON_ACCOUNT_SUPPRESSION_LIST" }],
    [{}, {}],
  ])("has the complaint %j in the API's words", async (complaint, told) => {
    const sent = sendEvent();
    await insertEvents(events, [sent, complaintEvent(after(sent, 1), complaint)]);
    expect(detailsOf(await ask(sent.messageId))).toEqual([{ Complaint: told }]);
  });

  it.each([
    ["absent", undefined],
    ["of one character", "x"],
    ["of 998 characters", "ü".repeat(998)],
  ])("has a subject that is %s as it is", async (_what, subject) => {
    for (const [, tell] of places) {
      const sent = sendEvent({ message: { subject } });
      await tell([sent]);
      expect((await ask(sent.messageId)).Subject).toBe(subject);
    }
  });

  it("has tags of any name and number of values, in either place", async () => {
    const tags = { one: ["1"], many: ["a", "b"], none: [], "ses:operation": ["SendEmail"] };
    for (const [, tell] of places) {
      const sent = sendEvent({ message: { tags: JSON.parse(JSON.stringify(tags)) } });
      await tell([sent]);
      const told = (await ask(sent.messageId)).EmailTags?.map(({ Name, Value }) => `${Name}=${Value}`).sort();
      expect(told).toEqual(["many=a", "many=b", "one=1", "ses:operation=SendEmail"]);
    }
  });

  it("doesn't know a message of whom nothing was told", async () => {
    for (const id of ["none", "", " ", "a\0b", "'; --", "ü".repeat(2_000)]) {
      expect(await refusalOf(ask(id))).toEqual([
        "NotFoundException",
        `Message <${id}> not found for account <123456789012>`,
      ]);
    }
  });
});

it("looks at whether VDM is on before it looks at the id, or anywhere", async () => {
  const unasked = (): never => {
    throw new Error("a store was asked");
  };
  const database: Database = new Proxy(Object.create(null), { get: unasked });
  const events: EventDatabase = new Proxy(Object.create(null), { get: unasked });
  const ask = getMessageInsights({
    database,
    events,
    vdmEnabled: async () => false,
    scope: defaultScope,
    messages: "all",
    machines: "apart",
    accountId: "1",
  });
  for (const MessageId of ["none", "a\0b", undefined]) {
    expect(await refusalOf(ask({ MessageId }, callContext()))).toEqual([
      "NotFoundException",
      "To use this feature you must enable Virtual Deliverability Manager",
    ]);
  }
});
