/**
 * The reference of the export benchmarks, in its own process: chDB writes the result of a query directly to a file,
 * several times, each time to a new one: writing over freed pages of the disk cache is faster, and an export can't.
 * Without a file, it only runs the statement.
 * Usage: node bare-query.ts DATA_FOLDER [FILE FORMAT ROUNDS] < SQL. Prints the seconds of each round.
 */
import { rmSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Session } from "chdb";

const [folder = "", file, format = "", rounds = "1"] = process.argv.slice(2);
const sql = await text(process.stdin);
const session = new Session(folder);
// Warms up the engine: a server's engine is warm, too.
await session.queryAsync("SELECT count() FROM mailglass.message_states");
const files: string[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const written = `${file}-${round}`;
  if (file !== undefined) {
    rmSync(written, { force: true });
    files.push(written);
  }
  const target = `INTO OUTFILE '${written.replaceAll("'", "\\'")}' FORMAT ${format}`;
  const begun = performance.now();
  await session.queryAsync(file === undefined ? sql : `${sql} ${target}`);
  console.log((performance.now() - begun) / 1000);
}
for (const written of files) {
  if (statSync(written).size === 0) throw new Error("the query wrote nothing");
  rmSync(written);
}
session.close();
process.exit(0);
