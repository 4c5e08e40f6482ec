import { errors } from "../../contract/errors.ts";

/** In characters; the limit is ours. */
const longestName = 64;

/**
 * Checks and returns the name of a new pool. Throws a bad request if it is missing or blank, too long, or has characters
 * that the pool's ARN can't contain.
 */
export function checkNewPoolName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw errors.poolNameMissing();
  if (name.length > longestName || !/^[^/:\p{C}]+$/u.test(name)) throw errors.poolName(name, longestName);
  return name;
}
