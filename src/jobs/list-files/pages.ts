/** Reads long lists for a file. */

/** The number of rows held in memory at a time. */
const PAGE_ROWS = 5_000;

/**
 * The texts of all rows, page by page, ordered by address, so that memory doesn't grow with the list. This is not a
 * snapshot: rows that change after the current position appear with their changes.
 * @param next returns the rows after an address; empty at the end.
 */
export async function* pagesOf<Row extends { address: string }>(
  next: (page: { after: string; limit: number }) => Promise<Row[]>,
  text: (row: Row) => string,
): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    const rows = await next({ after, limit: PAGE_ROWS });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(text).join("");
    after = last.address;
  }
}
