/**
 * A process to be killed: opens the embedded database in the folder of its first argument (a new one from the template in
 * the folder of its second, if given), says `open`, then inserts outbox rows as fast as it can and says each number that
 * was acknowledged.
 */
import { openDatabase } from "../../src/stores/postgres/open-database.ts";

const [folder, templates] = process.argv.slice(2);
if (folder === undefined || !process.send) throw new Error("to be forked with a folder");
process.on("disconnect", () => process.exit());
process.send("starting");
const database = await openDatabase({ folder, templates: templates === undefined ? undefined : [templates] });
process.send("open");
await database.query("CREATE TABLE IF NOT EXISTS load (n bigint GENERATED ALWAYS AS IDENTITY, filler text)");
for (;;) {
  const [row] = await database.transaction((transaction) =>
    transaction.query<{ n: number }>("INSERT INTO load (filler) VALUES (repeat('x', 2000)) RETURNING n"),
  );
  // PGlite never leaves the event loop a turn: without this wait, numbers that don't fit into the channel at once, because
  // the reader is busy, would never be sent.
  await new Promise((sent) => process.send?.(row?.n, undefined, undefined, sent));
}
