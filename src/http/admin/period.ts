/** Reads the period of a replay from a body of the admin API. */

import { parseInstant } from "../../common/instant.ts";
import type { Period } from "../../publishing/archive.ts";
import { QueryError } from "../query-parameters.ts";

/** @throws QueryError for a text that is no instant, and unless `from` is before `to` */
export function readPeriod({ from, to }: { readonly from: string; readonly to: string }): Period {
  const period = { from: instantOf("from", from), to: instantOf("to", to) };
  if (period.from >= period.to) throw new QueryError("from must be before to.");
  return period;
}

function instantOf(name: string, text: string): Date {
  const instant = parseInstant(text);
  if (!instant) throw new QueryError(`${name} must be an instant such as 2026-11-24T00:00:00Z.`);
  return instant;
}
