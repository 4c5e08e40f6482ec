/**
 * The command: reads the settings, then serves (`mailglass`), fills the stores (`mailglass simulate`), manages access
 * keys (`mailglass keys`) or tells of an identity's DNS records (`mailglass identity`). What needs no settings comes first:
 * `mailglass classify`.
 */
import { pino } from "pino";
import { endOnFailure } from "./commands/end-on-failure.ts";
import { readConfig, unknownSettings } from "./config/config.ts";
import { ConfigError } from "./config/setting.ts";

// Every query of chDB that computes holds a thread of libuv's pool: with the usual four, four exports would stop all
// others. It is read when the pool starts, so before anything is loaded that may use it.
process.env.UV_THREADPOOL_SIZE ??= "16";

const [command = "serve", ...args] = process.argv.slice(2);
// Until the settings are read, and where none are.
let log = pino(pino.destination(2));
endOnFailure(() => log);
try {
  if (command === "classify") {
    const { classifyCommand } = await import("./commands/classify/command.ts");
    const { stdin: input, stdout: output, stderr: errors } = process;
    process.exit(await classifyCommand(args, { input, output, errors }));
  }
  const config = readConfig(process.env);
  // What these print is for files and other programs.
  log = pino({ level: config.logLevel }, pino.destination(["keys", "identity"].includes(command) ? 2 : 1));
  // Not refused: an environment may serve several versions. But whoever misspelt a name must learn of it.
  for (const name of unknownSettings(process.env)) log.warn(`${name} is no setting of this version and does nothing`);
  if (command === "serve") {
    const { serve } = await import("./commands/serve.ts");
    await serve(config, log);
  } else if (command === "simulate") {
    const { simulateCommand } = await import("./commands/simulate.ts");
    process.exit(await simulateCommand(args, config, log));
  } else if (command === "keys") {
    const { keysCommand } = await import("./commands/keys/command.ts");
    process.exit(await keysCommand(args, config, log));
  } else if (command === "identity") {
    const { identityCommand } = await import("./commands/identity/command.ts");
    process.exit(await identityCommand(args, config, log));
  } else {
    const commands = "serve (the default), simulate, keys, identity, classify";
    throw new ConfigError(`there is no command ${command}. Commands: ${commands}.`);
  }
} catch (error) {
  if (isForPeople(error)) console.error(`mailglass: ${error.message}`);
  else console.error("mailglass: it failed:", error);
  process.exit(1);
}

/** Errors whose message is made for people; of others the stack helps, too. */
function isForPeople(error: unknown): error is Error {
  const names = ["ConfigError", "DataFolderInUse", "MalformedData", "MigrationError", "StoreUnreachable"];
  return error instanceof Error && (names.includes(error.name) || "errno" in error);
}
