/** The pages of the lists of pools and of addresses. */
import { errors } from "../../contract/errors.ts";
import { decodeToken, encodeToken } from "../page-token.ts";

const defaultPageSize = 100;
const maxPageSize = 1_000;

/**
 * Reads a page.
 * @param kind the list and its filter, for which a token is valid
 * @param read reads up to `limit` rows whose names come after `after` in byte order
 * Throws a bad request for an invalid page size or token.
 */
export async function readPage<Row>(
  kind: string,
  {
    PageSize: size = defaultPageSize,
    NextToken: token,
  }: { PageSize?: number | undefined; NextToken?: string | undefined },
  read: (page: { after: string; limit: number }) => Promise<Row[]>,
  nameOf: (row: Row) => string,
): Promise<{ rows: Row[]; NextToken: string | undefined }> {
  if (size < 1 || size > maxPageSize) throw errors.dedicatedIpPageSize(maxPageSize);
  const after = token ? decodeToken(kind, token) : "";
  if (after === undefined) throw errors.dedicatedIpToken(token ?? "");
  // One extra row shows whether there is a next page.
  const found = await read({ after, limit: size + 1 });
  const rows = found.slice(0, size);
  const last = rows.at(-1);
  const more = found.length > size && last !== undefined;
  return { rows, NextToken: more ? encodeToken(kind, nameOf(last)) : undefined };
}
