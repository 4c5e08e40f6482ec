/** Searches against a model, a page after the other, on both kinds of event database. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { histories, insertEvents, sendEvent, values } from "../../test/support/mail-events.ts";
import { foldMessage, type MessageState } from "../../test/support/message-model.ts";
import { runs } from "../../test/support/runs.ts";
import type { MailEvent } from "../events/event.ts";
import { deliveryKinds, engagementKinds } from "../events/message-state.ts";
import { createEventReader } from "./event-reader.ts";
import type { SearchFilters } from "./message-filters.ts";
import { countMessages, type MessageKey, type SearchServices, searchMessages } from "./message-search.ts";

const now = new Date("2026-10-02T12:00:00Z");
const all: SearchFilters = { isps: [], lastDelivery: [], lastEngagement: [], tags: [] };
const shown = { scope: undefined, messages: "all", machines: "apart" } as const;

/** Every page of a search; `between` is called before each but the first. */
async function everyPage(
  services: SearchServices,
  filters: SearchFilters,
  limit: number,
  between: () => Promise<void> = async () => {},
): Promise<MessageKey[]> {
  const found: MessageKey[] = [];
  for (;;) {
    const page = await searchMessages(services, filters, { after: found.at(-1), limit, now });
    found.push(...page);
    if (page.length < limit) return found;
    await between();
  }
}

const keyOf = ({ messageId, recipient }: MessageKey) => `${messageId} ${recipient}`;

describe.each(eventDatabases)("a search ($kind)", ({ open }) => {
  let services: SearchServices;
  let states: MessageState[];

  beforeAll(async () => {
    const events = await open();
    services = { reader: createEventReader(events), shown, prefixes: ["0100"] };
    // Some sent within the last hour, some a day and some weeks ago: in each of the ranges that are looked through.
    const from = [
      new Date(now.getTime() - 3_600_000),
      new Date("2026-10-01T12:00:00Z"),
      new Date("2026-08-01T00:00:00Z"),
    ];
    const told = from
      .flatMap((start) => fc.sample(histories(start), 120))
      .map((history, index) => history.map((event) => tagged(event, index)));
    states = told.map((history) => foldMessage(history));
    const shuffled = told.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (let at = 0; at < shuffled.length; at += 300) await insertEvents(events, shuffled.slice(at, at + 300));
  });

  it("finds what a model finds, newest first, and counts it", async () => {
    const property = fc.asyncProperty(filters, fc.integer({ min: 1, max: 90 }), async (given, limit) => {
      const expected = states
        .filter((state) => passes(state, given))
        .map(keyOf)
        .sort()
        .reverse();
      expect((await everyPage(services, given, limit)).map(keyOf)).toEqual(expected);
      expect(await countMessages(services, given)).toBe(expected.length);
    });
    await fc.assert(property, { numRuns: runs(40) });
  });

  it("tells of each what the model tells", async () => {
    const page = await searchMessages(services, all, { after: undefined, limit: 400, now });
    const byKey = new Map(states.map((state) => [keyOf(state), state]));
    expect(page.length).toBe(states.length);
    for (const row of page) {
      const state = byKey.get(keyOf(row));
      expect(row).toEqual({
        messageId: state?.messageId,
        recipient: state?.recipient,
        sentAt: state?.sentAt.toISOString(),
        sender: state?.facts?.source,
        subject: state?.facts?.subject ?? "",
        isp: state?.facts?.isp,
        scope: 1,
        ...(state?.lastDelivery && { lastDelivery: state.lastDelivery.name }),
        ...(state?.lastEngagement && { lastEngagement: state.lastEngagement.name }),
        ...(state?.lastBounce && { bounceSubType: state.lastBounce.subType }),
        ...(state?.lastBounce?.diagnostic && { diagnostic: state.lastBounce.diagnostic }),
      });
    }
  });

  it("counts the engagement of machines, and shows SES's scope alone, where the settings say so", async () => {
    const machines: SearchServices = { ...services, shown: { ...shown, messages: "ses", machines: "count" } };
    const expected = states.filter(({ facts }) => facts?.inSesScope);
    expect(await countMessages(machines, all)).toBe(expected.length);
    const engaged = { ...all, lastEngagement: [...engagementKinds] };
    const people = await countMessages({ ...services, shown: { ...shown, messages: "ses" } }, engaged);
    expect(await countMessages(machines, engaged)).toBeGreaterThan(people);
  });

  it("has no gap and no repeat while mail comes in and is delivered", async () => {
    const events = await open();
    const reader = createEventReader(events);
    const early = Array.from({ length: 25 }, (_, index) =>
      sendEvent({ sentAt: new Date(now.getTime() - 60_000 * index) }),
    );
    await insertEvents(events, early);
    let late = 0;
    const found = await everyPage({ reader, shown, prefixes: ["0100"] }, all, 4, async () => {
      late++;
      await insertEvents(events, [sendEvent({ sentAt: new Date(now.getTime() + 1000 * late) })]);
    });
    expect(late).toBeGreaterThan(4);
    expect(found.map(keyOf)).toEqual(early.map(keyOf).sort().reverse());
  });

  it("takes ids of another make, and all recipients of a message", async () => {
    const events = await open();
    const messageIds = ["0102019b0000000a-of another region-000000", "zz", "0", "é"];
    const sent = messageIds.flatMap((messageId) =>
      ["a@example.com", "b@example.com", "c@example.com"].map((recipient) =>
        sendEvent({ messageId, recipient, message: { tags: { "ses:recipient-isp": [recipient.slice(0, 1)] } } }),
      ),
    );
    await insertEvents(events, sent);
    const services = { reader: createEventReader(events), shown, prefixes: ["0100"] };
    const found = await everyPage(services, all, 2);
    expect(found.map(keyOf).sort()).toEqual(sent.map(keyOf).sort());
    expect(new Set(found.map(({ messageId }) => messageId)).size).toBe(4);
    // The one tag that the recipients of a message don't share.
    const tags = [{ name: "ses:recipient-isp", value: "b" }];
    const tagged = await everyPage(services, { ...all, tags }, 2);
    expect(tagged.map(({ recipient }) => recipient)).toEqual(messageIds.map(() => "b@example.com"));
  });

  it.each<[string, Partial<SearchFilters>]>([
    ["NUL", { subject: "\0", messageId: "\0" }],
    [
      "quotes and backslashes",
      { subject: "'\\\"{x:String}`\n", isps: ["'", "\\'"], tags: [{ name: "'", value: "\\" }] },
    ],
    [
      "nothing that is",
      { identity: "'; DROP TABLE events", configurationSet: ") OR (1 = 1", recipient: "*') OR 1 --*" },
    ],
  ])("with %s finds nothing, and breaks nothing", async (_what, given) => {
    expect(await searchMessages(services, { ...all, ...given }, { after: undefined, limit: 5, now })).toEqual([]);
    expect(await countMessages(services, { ...all, ...given })).toBe(0);
    expect(await countMessages(services, all)).toBe(states.length);
  });
});

const tagValues: readonly Readonly<Record<string, readonly string[]>>[] = [
  { kind: ["order"] },
  { kind: ["news"], "ses:operation": ["SendEmail"] },
  {},
];

function tagged(event: MailEvent, index: number): MailEvent {
  return event.type === "SEND" ? { ...event, message: { ...event.message, tags: tagValues[index % 3] ?? {} } } : event;
}

const mixedCase = (text: string) => fc.boolean().map((upper) => (upper ? text.toUpperCase() : text.toLowerCase()));
const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("*", "\\*");
const pattern = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts).chain(mixedCase), fc.constantFrom("exact", "prefix", "suffix", "contains"))
    .map(([text, match]) => {
      if (match === "exact") return escaped(text);
      if (match === "prefix") return `${escaped(text.slice(0, 5).toWellFormed())}*`;
      return match === "suffix" ? `*${escaped(text.slice(-5).toWellFormed())}` : `*${escaped(text.slice(2, 5))}*`;
    });

const filters: fc.Arbitrary<SearchFilters> = fc.record(
  {
    recipient: pattern(values.recipient),
    sender: pattern(values.source),
    subject: fc.oneof(
      fc.constantFrom("LLO w", "grüsse", "GRÜ", "off", "\u{1f600}"),
      pattern(["hello world", "Grüße, \u{1f600}"]),
    ),
    isps: fc.subarray([...values.isp, "gmail"]),
    lastDelivery: fc.subarray([...deliveryKinds]),
    lastEngagement: fc.subarray([...engagementKinds]),
    tags: fc.subarray(
      [
        { name: "kind", value: "order" },
        { name: "ses:operation", value: "SendEmail" },
      ],
      { maxLength: 1 },
    ),
    configurationSet: fc.constantFrom("set", "other", "none"),
    tenant: fc.constantFrom("one", "One", "none"),
    identity: fc.constantFrom("example.com", "EXAMPLE.org", "b@example.org", "b@mail.example.com"),
    from: fc.constantFrom(new Date("2026-08-02T06:00:00Z"), new Date("2026-10-02T00:00:00Z")),
    to: fc.constantFrom(new Date("2026-08-02T06:00:00Z"), new Date("2026-10-02T00:00:00Z")),
  },
  { requiredKeys: ["isps", "lastDelivery", "lastEngagement", "tags"] },
);

/** Read in another way than the code does. */
function passes({ messageId, recipient, sentAt, facts, ...state }: MessageState, given: SearchFilters): boolean {
  const source = facts?.source ?? "";
  const like = (value: string, wanted: string | undefined, part = false) =>
    wanted === undefined || expression(part && !wanted.includes("*") ? `*${escaped(wanted)}*` : wanted).test(value);
  const among = (value: string | undefined, wanted: readonly string[]) =>
    wanted.length === 0 || wanted.some((one) => one === value);
  const identities = [facts?.identity, source];
  const domain = source.split("@")[1] ?? "";
  return (
    like(recipient, given.recipient) &&
    like(source, given.sender) &&
    like(facts?.subject ?? "", given.subject, true) &&
    (given.messageId === undefined || given.messageId === messageId) &&
    among(facts?.isp, given.isps) &&
    among(state.lastDelivery?.name, given.lastDelivery) &&
    among(state.lastEngagement?.name, given.lastEngagement) &&
    given.tags.every(({ name, value }) => facts?.tags[name]?.includes(value) ?? false) &&
    (given.configurationSet === undefined || facts?.configurationSet === given.configurationSet) &&
    (given.identity === undefined ||
      identities.includes(given.identity) ||
      domain.toLowerCase() === given.identity.toLowerCase()) &&
    (given.tenant === undefined || facts?.tenant === given.tenant) &&
    (given.from === undefined || sentAt >= given.from) &&
    (given.to === undefined || sentAt < given.to)
  );
}

function expression(wanted: string): RegExp {
  const source = wanted.replace(/\\([\\*])|\*|[.+?^${}()|[\]\\]/g, (found, literal: string | undefined) =>
    literal !== undefined ? `\\${literal}` : found === "*" ? ".*" : `\\${found}`,
  );
  return new RegExp(`^${source}$`, "siu");
}
