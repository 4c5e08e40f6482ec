/**
 * Reads the settings, then serves (`mailglass`), fills the stores (`mailglass simulate`), manages access keys and accounts
 * (`mailglass keys`, `mailglass accounts`), shows an identity's DNS records (`mailglass identity`), manages the mirror's
 * sources (`mailglass mirror`), deletes a person's data (`mailglass forget`) or registers dedicated IP addresses
 * (`mailglass ips`). `mailglass classify` needs no settings, so it comes first.
 */
import { pino } from "pino";
import { readConfig, unknownSettings } from "../config/config.ts";
import { ConfigError } from "../config/setting.ts";
import { endOnFailure } from "./end-on-failure.ts";

/** Runs the command that the arguments name. A server runs on after this has resolved; other commands end the process. */
export async function runCommand(words: readonly string[]): Promise<void> {
  // `mailglass --ephemeral` serves, too.
  const [command, ...args] = words[0]?.startsWith("-") === false ? words : ["serve", ...words];
  // Used until the settings are read, and by commands that read none.
  let log = pino(pino.destination(2));
  endOnFailure(() => log);
  try {
    if (command === "classify") {
      const { classifyCommand } = await import("./classify/command.ts");
      const { stdin: input, stdout: output, stderr: errors } = process;
      process.exit(await classifyCommand(args, { input, output, errors }));
    }
    const config = readConfig(process.env);
    // These commands write their output to stdout for files and other programs, so they log to stderr.
    log = pino(
      { level: config.logLevel },
      pino.destination(["keys", "accounts", "identity", "mirror", "forget", "ips"].includes(command ?? "") ? 2 : 1),
    );
    // Not an error, since an environment may serve several versions, but a misspelled name must be noticed.
    for (const name of unknownSettings(process.env)) log.warn(`${name} is no setting of this version and does nothing`);
    if (command === "serve") {
      const { serveCommand } = await import("./serve-command.ts");
      const code = await serveCommand(args, config, log);
      if (code !== undefined) process.exit(code);
    } else if (command === "simulate") {
      const { simulateCommand } = await import("./simulate.ts");
      process.exit(await simulateCommand(args, config, log));
    } else if (command === "keys") {
      const { keysCommand } = await import("./keys/command.ts");
      process.exit(await keysCommand(args, config, log));
    } else if (command === "accounts") {
      const { accountsCommand } = await import("./accounts/command.ts");
      process.exit(await accountsCommand(args, config, log));
    } else if (command === "identity") {
      const { identityCommand } = await import("./identity/command.ts");
      process.exit(await identityCommand(args, config, log));
    } else if (command === "mirror") {
      const { mirrorCommand } = await import("./mirror/command.ts");
      process.exit(await mirrorCommand(args, config));
    } else if (command === "forget") {
      const { forgetCommand } = await import("./forget/command.ts");
      process.exit(await forgetCommand(args, config));
    } else if (command === "ips") {
      const { ipsCommand } = await import("./ips/command.ts");
      process.exit(await ipsCommand(args, config));
    } else {
      const commands = "serve (the default), simulate, keys, accounts, identity, mirror, forget, ips, classify";
      throw new ConfigError(`there is no command ${command}. Commands: ${commands}.`);
    }
  } catch (error) {
    if (isForPeople(error)) console.error(`mailglass: ${error.message}`);
    else console.error("mailglass: unexpected error:", error);
    process.exit(1);
  }
}

/** Errors whose message is sufficient for users; others are printed with their stack. */
function isForPeople(error: unknown): error is Error {
  const names = [
    "ConfigError",
    "DataFolderInUse",
    "EngineFailure",
    "LostStore",
    "ScopeNameTaken",
    "MalformedData",
    "MigrationError",
    "SealError",
    "StoreRefused",
    "StoreUnreachable",
  ];
  return error instanceof Error && (names.includes(error.name) || "errno" in error);
}
