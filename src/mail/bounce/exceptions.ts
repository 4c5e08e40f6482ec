/**
 * Changes reasons that would make a bounce permanent, where the text of the reply says that they don't hold: the state
 * passes, or the sender was refused and not the recipient. The tables are in rules/exceptions.json.
 */
import exceptions from "./rules/exceptions.json" with { type: "json" };
import { type Reason, readReason } from "./rules.ts";
import { matchesAt, normalized, segmentsOf } from "./words.ts";

interface Exception {
  /** By reason: what it becomes. */
  readonly reasons: ReadonlyMap<string, Reason>;
  readonly phrases: readonly (readonly string[])[];
  /** Whether a reply of class 4 is one, whatever it says. */
  readonly passing: boolean;
}

const tables: readonly Exception[] = exceptions.map(({ reasons, phrases, passing }) => ({
  reasons: new Map(Object.entries(reasons).map(([from, to]) => [from, readReason(to)])),
  phrases: phrases.map(segmentsOf),
  passing: passing ?? false,
}));

/**
 * The reason, or another if the text has a phrase of an exception to it.
 * @param passes whether the reply has class 4, which is an exception without any phrase.
 */
export function withoutExceptions(reason: Reason, text: string, passes: boolean): Reason {
  if (!tables.some(({ reasons }) => reasons.has(reason))) return reason;
  const words = normalized(text);
  for (const { reasons, phrases, passing } of tables) {
    const other = reasons.get(reason);
    if (other === undefined) continue;
    if ((passes && passing) || phrases.some((phrase) => occurs(words, phrase))) return other;
  }
  return reason;
}

function occurs(text: string, phrase: readonly string[]): boolean {
  const first = phrase[0] ?? "";
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
    if (matchesAt(text, at, phrase)) return true;
  }
  return false;
}
