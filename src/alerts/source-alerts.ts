/** Observes the sources of the mirror: whether they are silent, their queue is growing, or they are failing. Pure. */
import type { MirrorSource } from "../mirror/mirror-source.ts";
import type { AlertKind, StoredAlert } from "../stores/postgres/alerts.ts";
import { type AlertFacts, decodeFacts, keyOf, type Observation, patience } from "./alert.ts";

export interface SourceLimits {
  /** How many messages may wait in a queue without an alert. */
  readonly waiting: number;
}

/** At or below this fraction of the limit, a queue is clear. */
const short = 0.5;

type Seen = Pick<Observation, "condition" | "says">;
const clear: Seen = { condition: "clear", says: undefined };

/** @param standing the alerts that are not closed, by `keyOf` */
export function observeSources(
  sources: readonly MirrorSource[],
  { standing, limits, now }: { standing: ReadonlyMap<string, StoredAlert>; limits: SourceLimits; now: Date },
): Observation[] {
  return sources.flatMap((source) => {
    const of = (kind: AlertKind) =>
      ({ kind, scope: null, source: source.id, subjectType: "source", subject: source.name }) as const;
    const queue = of("source-queue");
    return [
      { of: of("source-silent"), ...(source.enabled ? silence(source, now) : clear) },
      { of: queue, ...(source.enabled ? queued(source, standing.get(keyOf(queue)), limits, now) : clear) },
      { of: of("source-failing"), ...(source.enabled ? failure(source, now) : clear) },
    ];
  });
}

function silence({ name, silenceSeconds, eventAt, createdAt }: MirrorSource, now: Date): Seen {
  if (silenceSeconds === null) return clear;
  const since = eventAt ?? createdAt;
  if (now.getTime() - since.getTime() <= silenceSeconds * 1000) return clear;
  const last = eventAt === null ? "no event has arrived yet" : `the last event arrived at ${eventAt.toISOString()}`;
  const facts: AlertFacts = { kind: "source-silent", eventAt: eventAt?.toISOString() ?? null, silenceSeconds };
  const text = `The source ${name} is silent: ${last} (alert after ${silenceSeconds} seconds)`;
  return { condition: "raised", says: { text, facts } };
}

/** An alert needs a queue that is long and growing. One that is shrinking needs none. */
function queued(
  { name, waiting }: MirrorSource,
  standing: StoredAlert | undefined,
  limits: SourceLimits,
  now: Date,
): Seen {
  if (waiting === null) return clear;
  const before = standing ? waitingBefore(standing) : waiting;
  const facts: AlertFacts = { kind: "source-queue", waiting, waitingBefore: before };
  const text = `The queue of the source ${name} is growing: ${waiting} messages are waiting`;
  const says = { text, facts };
  if (standing?.openedAt) return waiting > limits.waiting * short ? { condition: "held", says } : clear;
  if (waiting <= limits.waiting) return clear;
  const isDue = standing && now.getTime() - standing.since.getTime() >= patience["source-queue"].opensAfterMs;
  return { condition: isDue && waiting <= before ? "held" : "raised", says };
}

function waitingBefore({ details }: StoredAlert): number {
  const facts = decodeFacts(details);
  return facts.kind === "source-queue" ? facts.waitingBefore : 0;
}

function failure({ name, error, errorAt }: MirrorSource, now: Date): Seen {
  if (error === null) return clear;
  const facts: AlertFacts = { kind: "source-failing", error, errorAt: (errorAt ?? now).toISOString() };
  return { condition: "raised", says: { text: `The source ${name} is failing: ${error}`, facts } };
}
