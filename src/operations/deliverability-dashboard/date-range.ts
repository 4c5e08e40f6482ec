import { errors } from "../../contract/errors.ts";

const dayMs = 24 * 3_600_000;
/** In days, from the model. */
const longest = 30;

/** Checks the range of a report about a domain. Throws a bad request if it ends before it starts, or is too long. */
export function checkRange(start: Date | undefined, end: Date | undefined): void {
  const from = start?.getTime() ?? 0;
  const to = end?.getTime() ?? 0;
  if (to < from) throw errors.deliverabilityRangeReversed();
  if (to - from > longest * dayMs) throw errors.deliverabilityRange(longest);
}
