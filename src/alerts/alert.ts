/** Types of alerts and observations, delays before alerts open and close, and the stored format. */
import { type InferOutput, nullable, number, object, picklist, string, variant } from "valibot";
import { parseVersionedJson } from "../common/parse-data.ts";
import type { AlertKind, AlertSubject } from "../stores/postgres/alerts.ts";

/** The version of the stored format. */
const version = 1;

/** The data of an alert, by kind. Times are in ISO 8601. */
const alertFacts = variant("kind", [
  object({
    kind: picklist(["bounce-rate", "complaint-rate"]),
    /** `rate` and `threshold` are fractions. */
    rate: number(),
    threshold: number(),
    /** The number of messages that the rate is based on, and over how many days they were sent. */
    volume: number(),
    windowDays: number(),
    measuredAt: string(),
  }),
  object({
    kind: picklist(["source-silent"]),
    /** When the last event arrived; null if none has. */
    eventAt: nullable(string()),
    silenceSeconds: number(),
  }),
  object({
    kind: picklist(["source-queue"]),
    waiting: number(),
    /** How many messages were waiting when the long queue was first noticed. */
    waitingBefore: number(),
  }),
  object({ kind: picklist(["source-failing"]), error: string(), errorAt: string() }),
]);

export type AlertFacts = InferOutput<typeof alertFacts>;

/**
 * `raised` opens an alert, `clear` closes it, `held` does neither. `held` is the hysteresis that keeps an alert from
 * flapping.
 */
export type Condition = "raised" | "held" | "clear";

/** An observation of something that may need an alert. */
export interface Observation {
  readonly of: AlertSubject;
  readonly condition: Condition;
  /** A sentence and its data; undefined to leave those of the alert unchanged. */
  readonly says: { readonly text: string; readonly facts: AlertFacts } | undefined;
}

/** How long a condition must last before an alert opens, and be clear before it closes, in milliseconds. */
export const patience: Readonly<Record<AlertKind, { readonly opensAfterMs: number; readonly closesAfterMs: number }>> =
  {
    // Bounces arrive later than the mail was sent: after a burst of mail, the rate is low for some minutes.
    "bounce-rate": { opensAfterMs: 0, closesAfterMs: 3_600_000 },
    "complaint-rate": { opensAfterMs: 0, closesAfterMs: 3_600_000 },
    // After a start, the backlog must be fetched first.
    "source-silent": { opensAfterMs: 120_000, closesAfterMs: 0 },
    "source-queue": { opensAfterMs: 600_000, closesAfterMs: 0 },
    "source-failing": { opensAfterMs: 900_000, closesAfterMs: 300_000 },
  };

/** According to SES's documentation, it may pause an account above these rates. As fractions. */
export const severe = { "bounce-rate": 0.1, "complaint-rate": 0.005 };

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

/** A key that identifies what an alert is about. */
export function keyOf({ kind, scope, source, subjectType, subject }: AlertSubject): string {
  return source === null ? `${kind} ${scope} ${subjectType} ${subject}` : `${kind} ${source}`;
}
