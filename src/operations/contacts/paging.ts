/** Page sizes and tokens of contact lists and contacts. SES's limits and texts for them are unknown. */
import { errors } from "../../contract/errors.ts";
import { decodeToken, encodeToken } from "../page-token.ts";

/** SES has been observed to return 1000 contacts at a time. */
const MAX_PAGE_SIZE = 1000;

/** The page size. Throws a bad request for an invalid one. */
export function pageSize(given: number | undefined): number {
  const size = given ?? MAX_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) throw errors.contactPageSize(MAX_PAGE_SIZE);
  return size;
}

/**
 * The position after which a page starts; empty for the first page. Throws `invalid` for a token of another list.
 */
export function pageStart(kind: string, token: string | undefined, invalid: (token: string) => Error): string {
  const position = token ? decodeToken(kind, token) : "";
  if (position === undefined) throw invalid(token ?? "");
  return position;
}

/** The token of the page after a position; undefined if there is no position. */
export function pageToken(kind: string, position: string | undefined): string | undefined {
  return position === undefined ? undefined : encodeToken(kind, position);
}
