/** Reading of long lists for a file. */

/** How many rows are held at a time. */
const PAGE_ROWS = 5_000;

/**
 * The texts of all rows, page by page, in the order of their addresses; so memory does not grow with the list. The
 * list is not frozen meanwhile: what changes behind the place that is read is in the file as it then is.
 * @param next the rows after an address; none at the end
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
