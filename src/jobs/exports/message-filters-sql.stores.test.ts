/** Which messages filters let through, as SQL: against a model, and with values that could break out of the text. */
import type { MessageInsightsFilters } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { exported, messages } from "../../../test/support/export-run.ts";
import { histories, insertEvents, sendEvent, values } from "../../../test/support/mail-events.ts";
import { foldMessage, type MessageState } from "../../../test/support/message-model.ts";
import { runs } from "../../../test/support/runs.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";

describe.each(eventDatabases)("filters ($kind)", ({ open }) => {
  let events: EventDatabase;
  let states: MessageState[];

  beforeAll(async () => {
    events = await open();
    const all = fc.sample(histories(new Date("2026-09-30T12:00:00Z")), 400);
    states = all.map((history) => foldMessage(history));
    const shuffled = all.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (let at = 0; at < shuffled.length; at += 300) await insertEvents(events, shuffled.slice(at, at + 300));
  });

  it("are joined as SES says, for random filters", async () => {
    const property = fc.asyncProperty(filters, filters, async (include, exclude) => {
      const { file, processedRecords } = await exported(events, { source: messages({ include, exclude }), maxRows: 0 });
      const matching = states.filter((state) => {
        if (include && !passes(state, include)) return false;
        return !(exclude && constrains(exclude) && passes(state, exclude));
      });
      const found: string[] = JSON.parse(file).map((row: { messageid: string }) => row.messageid);
      expect(found.toSorted()).toEqual(matching.map(({ messageId }) => messageId).sort());
      expect(processedRecords).toBe(states.length);
    });
    await fc.assert(property, { numRuns: runs(60) });
  });

  it.each<[string, MessageInsightsFilters]>([
    ["NUL", { Subject: ["\0"] }],
    ["half a surrogate pair", { Subject: ["*\ud800"], TenantName: ["\udfff"] }],
    ["quotes and backslashes", { Subject: ["*'\\\\\"{x:String}`\n*"], Isp: ["'", "\\", "\\'", "\t"] }],
    ["a NUL in a tenant", { TenantName: ["a\0b", "\\0"] }],
  ])("with %s match nothing, and break nothing", async (_what, include) => {
    expect((await exported(events, { source: messages({ include }) })).exportedRecords).toBe(0);
    const rest = await exported(events, { source: messages({ exclude: include }), maxRows: 0 });
    expect(rest.exportedRecords).toBe(states.length);
  });

  it("find what is odd in them", async () => {
    const odd = await open();
    const subjects = ["a\0b", "\ud800", "quote ' \" \\ `", "tab\tline\n", "{x:String}", "%s \\N \\0"];
    await insertEvents(
      odd,
      subjects.map((subject) => sendEvent({ message: { subject, tenant: subject } })),
    );
    for (const subject of subjects) {
      const pattern = subject.replaceAll("\\", "\\\\");
      for (const include of [{ Subject: [pattern] }, { Subject: [`*${pattern}`] }, { TenantName: [subject] }]) {
        expect([subject, (await exported(odd, { source: messages({ include }) })).exportedRecords]).toEqual([
          subject,
          1,
        ]);
      }
    }
  });
});

const patterns = (texts: readonly (string | undefined)[]) =>
  fc
    .tuple(fc.constantFrom(...texts.map((text) => text ?? "")), fc.nat(30), fc.nat(30), fc.boolean(), fc.boolean())
    .map(([text, from, length, leading, trailing]) => {
      const part = leading || trailing ? text.slice(leading ? from % (text.length + 1) : 0) : text;
      const cut = (trailing ? part.slice(0, length) : part).toWellFormed();
      const escaped = cut.replaceAll("\\", "\\\\").replaceAll("*", "\\*");
      return `${leading ? "*" : ""}${escaped}${trailing ? "*" : ""}`;
    });
const some = (one: fc.Arbitrary<string>) => fc.option(fc.array(one, { maxLength: 3 }), { nil: undefined });

const filters: fc.Arbitrary<MessageInsightsFilters | undefined> = fc.option(
  fc.record(
    {
      FromEmailAddress: some(patterns(values.source)),
      Destination: some(patterns(values.recipient)),
      Subject: some(patterns(values.subject)),
      Isp: some(fc.constantFrom(...values.isp, "gmail")),
      TenantName: some(fc.constantFrom("one", "One", "ONE", "")),
      LastDeliveryEvent: fc
        .subarray([
          "SEND",
          "DELIVERY",
          "TRANSIENT_BOUNCE",
          "PERMANENT_BOUNCE",
          "UNDETERMINED_BOUNCE",
          "COMPLAINT",
        ] as const)
        .map((kinds) => [...kinds]),
      LastEngagementEvent: fc.subarray(["OPEN", "CLICK"] as const).map((kinds) => [...kinds]),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

/** A pattern as a regular expression, read in another way than the code does. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/\\([\\*])|\*|[.+?^${}()|[\]\\]/g, (found, literal: string | undefined) =>
    literal !== undefined ? `\\${literal}` : found === "*" ? ".*" : `\\${found}`,
  );
  return new RegExp(`^${escaped}$`, "su");
}

function constrains(filter: MessageInsightsFilters): boolean {
  return Object.values(filter).some((given) => given !== undefined && given.length > 0);
}

function passes(
  { facts, recipient, lastDelivery, lastEngagement }: MessageState,
  filter: MessageInsightsFilters,
): boolean {
  const any = (given: readonly string[] | undefined, matches: (one: string) => boolean) =>
    given === undefined || given.length === 0 || given.some(matches);
  const like = (value: string) => (pattern: string) => wildcard(pattern).test(value);
  const is = (value: string | undefined) => (one: string) => (value ?? "") === one;
  return (
    any(filter.FromEmailAddress, like(facts?.source ?? "")) &&
    any(filter.Destination, like(recipient)) &&
    any(filter.Subject, like(facts?.subject ?? "")) &&
    any(filter.Isp, is(facts?.isp)) &&
    any(filter.TenantName, is(facts?.tenant)) &&
    any(filter.LastDeliveryEvent, is(lastDelivery?.name)) &&
    any(filter.LastEngagementEvent, is(lastEngagement?.name))
  );
}
