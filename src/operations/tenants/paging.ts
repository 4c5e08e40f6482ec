/** The pages of the lists of tenants, of a tenant's resources, of a resource's tenants, and of certificates. */
import type { Violation } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import { decodeToken } from "../page-token.ts";

/** SES's maximum; using it as the default, too, is our choice. */
export const maxPageSize = 100;

interface GivenPage {
  NextToken?: string | undefined;
  PageSize?: number | undefined;
}

/** What is wrong with a token and a page size, in SES's order. */
export function pageViolations({ NextToken: token, PageSize: size }: GivenPage): Violation[] {
  const found: Violation[] = [];
  if (token === "") {
    found.push({ path: "nextToken", text: "Member must have length greater than or equal to 1", value: token });
  }
  const sizeText = (bound: string) => `Member must have value ${bound}`;
  if (size !== undefined && size < 1) {
    found.push({ path: "pageSize", text: sizeText("greater than or equal to 1"), value: String(size) });
  }
  if (size !== undefined && size > maxPageSize) {
    found.push({ path: "pageSize", text: sizeText(`less than or equal to ${maxPageSize}`), value: String(size) });
  }
  return found;
}

/** The position after which a page starts; undefined for the first page. Throws `invalid` for a token of another list. */
export function pageStart(
  kind: string,
  token: string | undefined,
  invalid: () => Error = errors.tenantToken,
): string | undefined {
  if (token === undefined) return undefined;
  const position = decodeToken(kind, token);
  if (position === undefined) throw invalid();
  return position;
}
