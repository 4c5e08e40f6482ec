/**
 * The installation's master key: from the setting, or else from a file in the data folder, created at the first start.
 */
import { randomBytes } from "node:crypto";
import { link, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../config/setting.ts";

const keyBytes = 32;

/**
 * The key: `given` if set, else `master.key` in the folder, created if missing. Throws a `ConfigError` for an invalid
 * file.
 */
export async function masterKey(given: Uint8Array | undefined, dataDir: string): Promise<Uint8Array> {
  return given ?? (await existingMasterKey(undefined, dataDir)) ?? keyOf(await create(masterKeyFile(dataDir)), dataDir);
}

/** Like `masterKey`, but does not create a key. */
export async function existingMasterKey(
  given: Uint8Array | undefined,
  dataDir: string,
): Promise<Uint8Array | undefined> {
  if (given) return given;
  const text = await read(masterKeyFile(dataDir));
  return text === undefined ? undefined : keyOf(text, dataDir);
}

/** The path of the key's file. */
export const masterKeyFile = (dataDir: string) => join(dataDir, "master.key");

function keyOf(text: string, dataDir: string): Uint8Array {
  const file = masterKeyFile(dataDir);
  const key = Buffer.from(text, "base64");
  if (key.length !== keyBytes) {
    throw new ConfigError(`MAILGLASS_MASTER_KEY is not set, and ${file} does not contain a key of ${keyBytes} bytes`);
  }
  return key;
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Creates the file atomically, readable by its owner only. If another process was faster, its key is used. */
async function create(file: string): Promise<string> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString("base64")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return readFile(file, "utf8");
}
