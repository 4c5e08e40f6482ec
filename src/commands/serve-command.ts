/** `mailglass serve`, the command by default: reads its arguments and serves. */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import type { Logger } from "pino";
import { type Config, settings } from "../config/config.ts";
import { ConfigError } from "../config/setting.ts";
import { lateTiering, tieringAfterStart } from "../stores/postgres/wasm-tiering.ts";
import { serve } from "./serve.ts";

const otherCommands = ["simulate", "keys", "accounts", "identity", "mirror", "forget", "ips", "classify"];

const usage = `usage: mailglass [serve] [--ephemeral]
  --ephemeral  keeps nothing: all data is in a temporary folder, which is removed when the process ends.
               MAILGLASS_DATA_DIR is not used.
  Settings are environment variables (docs/settings.md).
  Other commands: ${otherCommands.join(", ")}; each has --help.`;

/**
 * Serves; resolves to undefined once the server listens, or to the exit code if it does not start: 0 after `--help`, 2
 * for invalid arguments. Throws if the start fails.
 */
export async function serveCommand(args: readonly string[], config: Config, log: Logger): Promise<number | undefined> {
  let given: { ephemeral?: boolean; help?: boolean };
  try {
    const options = { ephemeral: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    given = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    console.error(`mailglass serve: ${error instanceof Error ? error.message : error}\n${usage}`);
    return 2;
  }
  if (given.help) {
    console.log(usage);
    return 0;
  }
  if (given.ephemeral) {
    await serveEphemerally(config, log);
  } else {
    setFlagsFromString(tieringAfterStart);
    await serve(config, log);
  }
  return undefined;
}

async function serveEphemerally(config: Config, log: Logger): Promise<void> {
  refuseOtherStores(config);
  // Most such servers live for minutes.
  setFlagsFromString(lateTiering);
  const { createEphemeralFolder } = await import("../server/ephemeral-folder.ts");
  const folder = await createEphemeralFolder();
  await serve({ ...config, dataDir: folder.path }, log, folder);
}

/** Data in a database server or a bucket would stay there. */
function refuseOtherStores(config: Config): void {
  for (const store of ["postgresUrl", "clickhouseUrl", "s3Bucket"] as const) {
    if (config[store] === undefined) continue;
    throw new ConfigError(`${settings[store].name}: with --ephemeral, data is in a temporary folder only; unset it`);
  }
}
