/** The command. This file imports nothing of ours, so that everything else is loaded from the compile cache. */
import { enableCompileCache } from "node:module";

// Every running chDB query occupies a thread of libuv's pool: with the default of four, four exports would block all
// other queries. The variable is read when the pool starts, so set it before loading anything that uses the pool.
process.env.UV_THREADPOOL_SIZE ??= "16";

// In a folder of the operating system's temporary folder. The second start takes half a second less.
enableCompileCache();

// What this process creates is for its user only: mail, databases, keys.
process.umask(0o077);

const { runCommand } = await import("./commands/run-command.ts");
await runCommand(process.argv.slice(2));
