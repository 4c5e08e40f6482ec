/** The pages of the lists of pools and of addresses. */
import { errors } from "../../contract/errors.ts";
import { decodeToken } from "../page-token.ts";
import { readPage } from "../read-page.ts";

const defaultPageSize = 100;
const maxPageSize = 1_000;

/**
 * Reads a page.
 * @param kind the list and its filter, for which a token is valid
 * @param read reads up to `limit` rows whose names come after `after` in byte order
 * Throws a bad request for an invalid page size or token.
 */
export async function readNamedPage<Row>(
  kind: string,
  {
    PageSize: size = defaultPageSize,
    NextToken: token,
  }: { PageSize?: number | undefined; NextToken?: string | undefined },
  read: (page: { after: string; limit: number }) => Promise<Row[]>,
  nameOf: (row: Row) => string,
): Promise<{ page: Row[]; NextToken: string | undefined }> {
  if (size < 1 || size > maxPageSize) throw errors.dedicatedIpPageSize(maxPageSize);
  const after = token ? decodeToken(kind, token) : "";
  if (after === undefined) throw errors.dedicatedIpToken(token ?? "");
  return readPage(kind, size, (limit) => read({ after, limit }), nameOf);
}
