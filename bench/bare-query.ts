/**
 * The reference of the export benchmarks, in its own process: chDB writes the result of a query directly to a file,
 * several times. Without a file, it only runs the statement.
 * Usage: node bare-query.ts DATA_FOLDER [FILE FORMAT ROUNDS] < SQL. Prints the seconds of each round.
 */
import { rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Session } from "chdb";

const [folder = "", file, format = "", rounds = "1"] = process.argv.slice(2);
const sql = await text(process.stdin);
const session = new Session(folder);
// Warms up the engine: a server's engine is warm, too.
await session.queryAsync("SELECT count() FROM mailglass.message_states");
const statement = file === undefined ? sql : `${sql} INTO OUTFILE '${file.replaceAll("'", "\\'")}' FORMAT ${format}`;
for (let round = 0; round < Number(rounds); round++) {
  if (file !== undefined) rmSync(file, { force: true });
  const begun = performance.now();
  await session.queryAsync(statement);
  console.log((performance.now() - begun) / 1000);
}
session.close();
process.exit(0);
