/**
 * The reference of the export benchmark, in its own process: chDB writes the result of a query directly to a file.
 * Usage: node bare-query.ts DATA_FOLDER FILE FORMAT < SQL. Prints the seconds.
 */
import { rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Session } from "chdb";

const [folder = "", file = "", format = ""] = process.argv.slice(2);
const sql = await text(process.stdin);
rmSync(file, { force: true });
const session = new Session(folder);
// Warm up the engine, which is also warm when the server's query runs.
await session.queryAsync("SELECT count() FROM mailglass.message_states");
const begun = performance.now();
await session.queryAsync(`${sql} INTO OUTFILE '${file.replaceAll("'", "\\'")}' FORMAT ${format}`);
console.log((performance.now() - begun) / 1000);
session.close();
process.exit(0);
