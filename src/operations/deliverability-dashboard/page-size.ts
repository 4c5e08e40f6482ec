import { refuse } from "../../contract/constraints.ts";

/** The model's bounds of PageSize. */
const bounds = { least: 0, most: 1000 };
const standard = 100;

/** The number of results of a page: the default if none or 0 is given. Throws a bad request. */
export function pageSizeOf(given: number | undefined): number {
  const path = "pageSize";
  const value = String(given);
  if (given !== undefined && given < bounds.least) {
    refuse([{ path, value, text: `Member must have value greater than or equal to ${bounds.least}` }]);
  }
  if (given !== undefined && given > bounds.most) {
    refuse([{ path, value, text: `Member must have value less than or equal to ${bounds.most}` }]);
  }
  return given || standard;
}
