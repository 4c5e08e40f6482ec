/** Observes the bounce and complaint rates of identities, configuration sets and tenants, in all scopes. */
import { number, object, picklist, string } from "valibot";
import type { EventReader } from "../insights/event-reader.ts";
import { countsByDay, daysOf, dayTuples, hasFeedback } from "../reputation/feedback-counts.ts";
import { type DayCounts, measureRate, rateSentence } from "../reputation/find.ts";
import { leastOccurrences } from "../reputation/thresholds.ts";
import type { AlertSubject } from "../stores/postgres/alerts.ts";
import { keyOf, type Observation } from "./alert.ts";

export interface RateLimits {
  /** The rates above which an alert opens, as fractions; undefined for no alert. */
  readonly bounces: number | undefined;
  readonly complaints: number | undefined;
  /** The minimum number of messages that a rate is based on. */
  readonly volume: number;
}

/** A rate at or below this fraction of its threshold is clear. */
const calm = 0.8;
/** The fraction of the minimum volume that suffices for a rate that has an alert. */
const enough = 0.5;

const kinds = [
  { alert: "bounce-rate", rate: "BOUNCE", limit: "bounces" },
  { alert: "complaint-rate", rate: "COMPLAINT", limit: "complaints" },
] as const;

const row = object({
  scope: number(),
  type: picklist(["identity", "configuration-set", "tenant"]),
  name: string(),
  days: dayTuples,
});

/**
 * Observes rates that may be too high, and those of alerts that are not closed. A rate without enough mail is clear.
 * @param standing the subjects of alerts that are not closed
 * @param scopes the scopes in use
 * @param unmeasured the configuration sets whose reputation metrics are off: they have no rates
 */
export async function observeRates(
  reader: EventReader,
  {
    standing,
    scopes,
    unmeasured,
    limits,
    now,
  }: {
    standing: readonly AlertSubject[];
    scopes: ReadonlySet<number>;
    unmeasured: readonly { readonly scope: number; readonly name: string }[];
    limits: RateLimits;
    now: Date;
  },
): Promise<Observation[]> {
  const open = new Map(standing.filter(({ scope }) => scope !== null).map((subject) => [keyOf(subject), subject]));
  const observed: Observation[] = [];
  const withoutRates = new Set(unmeasured.map(({ scope, name }) => `${scope} ${name}`));
  for (const { scope, type, name, days } of await countSubjects(reader, limits.volume, now)) {
    if (!scopes.has(scope) || (type === "configuration-set" && withoutRates.has(`${scope} ${name}`))) continue;
    for (const kind of kinds) {
      const of: AlertSubject = { kind: kind.alert, scope, source: null, subjectType: type, subject: name };
      observed.push(observe(of, daysOf(days), open.delete(keyOf(of)), { limits, now }));
    }
  }
  for (const of of open.values()) {
    if (of.scope !== null && scopes.has(of.scope)) observed.push({ of, condition: "clear", says: undefined });
  }
  return observed;
}

function countSubjects(reader: EventReader, volume: number, now: Date) {
  const sql = countsByDay({
    names: { select: "subject.1 AS type, subject.2 AS name", columns: "type, name" },
    join: `ARRAY JOIN [('identity', toString(identity)), ('configuration-set', toString(configuration_set)),
      ('tenant', toString(tenant))] AS subject`,
    condition: "subject.2 != ''",
    having: `sum(sent) >= {volume:Float64} AND ${hasFeedback}`,
  });
  return reader.rows(row, sql, { now: now.getTime(), volume: volume * enough });
}

function observe(
  of: AlertSubject,
  days: readonly DayCounts[],
  isOpen: boolean,
  { limits, now }: { limits: RateLimits; now: Date },
): Observation {
  const { rate: kind, limit } = kinds.find(({ alert }) => alert === of.kind) ?? kinds[0];
  const threshold = limits[limit];
  const counted = withDeliveries(days);
  const measured =
    measureRate(counted, kind, limits.volume) ??
    (isOpen ? measureRate(counted, kind, limits.volume * enough) : undefined);
  if (threshold === undefined || !measured) return { of, condition: "clear", says: undefined };
  const { occurrences, volume, windowDays } = measured;
  const rate = occurrences / volume;
  const isHigh = rate > threshold && occurrences >= leastOccurrences;
  const condition = isHigh ? "raised" : rate > calm * threshold ? "held" : "clear";
  // The sentence says that the rate is too high, so it is only updated while that is true.
  if (!isHigh) return { of, condition, says: undefined };
  const text = rateSentence({ kind, volume, windowDays, measuredAt: now }, threshold);
  const facts = { kind: kinds[kind === "BOUNCE" ? 0 : 1].alert, rate, threshold, volume, windowDays };
  return { of, condition, says: { text, facts: { ...facts, measuredAt: now.toISOString() } } };
}

/** A mirrored account may not publish deliveries. Its complaint rate is then based on what it sent. */
function withDeliveries(days: readonly DayCounts[]): readonly DayCounts[] {
  if (days.some(({ delivered, complained }) => delivered > complained)) return days;
  return days.map((day) => ({ ...day, delivered: day.sent }));
}
