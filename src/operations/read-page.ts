/** A page of a list. */
import { encodeToken } from "./page-token.ts";

/**
 * Up to `size` of the rows, and the token of the next page.
 * @param kind the list and its filter, for which the token is valid
 * @param read is given how many rows to read
 */
export async function readPage<Row>(
  kind: string,
  size: number,
  read: (limit: number) => Promise<Row[]>,
  positionOf: (row: Row) => string,
): Promise<{ page: Row[]; NextToken: string | undefined }> {
  // One extra row shows whether there is a next page.
  const rows = await read(size + 1);
  const page = rows.slice(0, size);
  const last = page.at(-1);
  const more = rows.length > size && last !== undefined;
  return { page, NextToken: more ? encodeToken(kind, positionOf(last)) : undefined };
}
