/** Decides how an observation changes an alert; pure. */
import type { StoredAlert } from "../stores/postgres/alerts.ts";
import { encodeFacts, type Observation, patience } from "./alert.ts";

/** The change to store. */
export type Decision =
  | { readonly kind: "nothing" }
  | { readonly kind: "add"; readonly alert: StoredAlert }
  | { readonly kind: "change"; readonly before: StoredAlert; readonly alert: StoredAlert }
  /** The condition ended before the alert opened. */
  | { readonly kind: "forget"; readonly alert: StoredAlert };

/**
 * @param standing the existing alert that is not closed, which may not be open yet; undefined if there is none
 * @param createId creates the ID of a new alert
 */
export function decide(
  standing: StoredAlert | undefined,
  observed: Observation,
  now: Date,
  createId: () => string,
): Decision {
  if (!standing) return begun(observed, now, createId);
  if (standing.openedAt === null) return noticed(standing, observed, now);
  const isOver = observed.condition === "clear";
  const clearSince = isOver ? (standing.clearSince ?? now) : null;
  const { closesAfterMs } = patience[standing.kind];
  const isClosed = clearSince !== null && now.getTime() - clearSince.getTime() >= closesAfterMs;
  return changed(standing, {
    ...says(standing, isOver ? undefined : observed),
    clearSince,
    closedAt: isClosed ? now : null,
  });
}

function begun(observed: Observation, now: Date, createId: () => string): Decision {
  if (observed.condition !== "raised" || !observed.says) return { kind: "nothing" };
  const { text, facts } = observed.says;
  const openedAt = patience[observed.of.kind].opensAfterMs === 0 ? now : null;
  const rest = { clearSince: null, closedAt: null, text, details: encodeFacts(facts) };
  return { kind: "add", alert: { id: createId(), ...observed.of, since: now, openedAt, ...rest } };
}

/** For an alert that is noticed but not open yet. */
function noticed(standing: StoredAlert, observed: Observation, now: Date): Decision {
  if (observed.condition !== "raised") return { kind: "forget", alert: standing };
  if (now.getTime() - standing.since.getTime() < patience[standing.kind].opensAfterMs) return { kind: "nothing" };
  return changed(standing, { ...says(standing, observed), openedAt: now });
}

function says(standing: StoredAlert, observed: Observation | undefined): Pick<StoredAlert, "text" | "details"> {
  const { text, facts } = observed?.says ?? {};
  return { text: text ?? standing.text, details: facts ? encodeFacts(facts) : standing.details };
}

function changed(before: StoredAlert, change: Partial<StoredAlert>): Decision {
  const alert = { ...before, ...change };
  const isSame =
    alert.openedAt?.getTime() === before.openedAt?.getTime() &&
    alert.clearSince?.getTime() === before.clearSince?.getTime() &&
    alert.closedAt?.getTime() === before.closedAt?.getTime() &&
    alert.text === before.text &&
    alert.details === before.details;
  return isSame ? { kind: "nothing" } : { kind: "change", before, alert };
}
