/** Alerts: what is observed, and when that opens and closes one. */
import { type InferOutput, nullable, number, object, picklist, string, variant } from "valibot";
import { parseVersionedJson } from "../common/parse-data.ts";
import type { AlertKind, AlertSubject } from "../stores/postgres/alerts.ts";

/** The version of the stored layout. */
const version = 1;

/** The numbers of an alert. Times are in ISO 8601. */
const alertFacts = variant("kind", [
  object({
    kind: picklist(["bounce-rate", "complaint-rate"]),
    /** Fractions. */
    rate: number(),
    threshold: number(),
    /** The number of messages that the rate is of, and the days in which they were sent. */
    volume: number(),
    windowDays: number(),
    measuredAt: string(),
  }),
  object({
    kind: picklist(["source-silent"]),
    /** When its last event came; null for none. */
    eventAt: nullable(string()),
    silenceSeconds: number(),
  }),
  object({
    kind: picklist(["source-queue"]),
    waiting: number(),
    /** When the alert was opened, or the queue was first noticed. */
    waitingBefore: number(),
  }),
  object({ kind: picklist(["source-failing"]), error: string(), errorAt: string() }),
]);

export type AlertFacts = InferOutput<typeof alertFacts>;

/**
 * How something is: `raised` opens an alert, `clear` closes it, `held` does neither. What is between `raised` and `clear`
 * keeps an alert from being opened and closed all the time.
 */
export type Condition = "raised" | "held" | "clear";

/** What was seen of a possible alert. */
export interface Observation {
  readonly of: AlertSubject;
  readonly condition: Condition;
  /** A sentence and its numbers; undefined to leave them as they were. */
  readonly says: { readonly text: string; readonly facts: AlertFacts } | undefined;
}

/** How long something must go on until an alert is opened, and be over until it is closed, in milliseconds. */
export const patience: Readonly<Record<AlertKind, { readonly opensAfterMs: number; readonly closesAfterMs: number }>> =
  {
    // Bounces come later than what was sent: after a burst of mail the rate is low for some minutes.
    "bounce-rate": { opensAfterMs: 0, closesAfterMs: 3_600_000 },
    "complaint-rate": { opensAfterMs: 0, closesAfterMs: 3_600_000 },
    // After a start, what has come meanwhile must be fetched first.
    "source-silent": { opensAfterMs: 120_000, closesAfterMs: 0 },
    "source-queue": { opensAfterMs: 600_000, closesAfterMs: 0 },
    "source-failing": { opensAfterMs: 900_000, closesAfterMs: 300_000 },
  };

/** The stored form. */
export function encodeFacts(facts: AlertFacts): string {
  return JSON.stringify({ v: version, ...facts });
}

/**
 * Inverse of `encodeFacts`.
 * @throws MalformedData
 */
export function decodeFacts(stored: string): AlertFacts {
  return parseVersionedJson(alertFacts, version, stored, "the details of an alert");
}

/** A text for what an alert is about: the same for the same. */
export function keyOf({ kind, scope, source, subjectType, subject }: AlertSubject): string {
  return source === null ? `${kind} ${scope} ${subjectType} ${subject}` : `${kind} ${source}`;
}
