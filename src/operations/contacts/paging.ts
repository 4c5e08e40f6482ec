/** Page sizes and tokens of contact lists and contacts. SES's bounds and texts for them are unknown. */
import { errors } from "../../contract/errors.ts";
import { decodeToken, encodeToken } from "../page-token.ts";

/** SES was seen to give 1000 contacts at a time. */
const MAX_PAGE_SIZE = 1000;

/** How many a page has. Throws a bad request. */
export function pageSize(given: number | undefined): number {
  const size = given ?? MAX_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) throw errors.contactPageSize(MAX_PAGE_SIZE);
  return size;
}

/** What a page comes after; empty for the first. Throws a bad request for a token of something else. */
export function pageStart(kind: string, token: string | undefined): string {
  const position = token ? decodeToken(kind, token) : "";
  if (position === undefined) throw errors.contactToken(token ?? "");
  return position;
}

/** The token of the page after a position; undefined where there is none. */
export function pageToken(kind: string, position: string | undefined): string | undefined {
  return position === undefined ? undefined : encodeToken(kind, position);
}
