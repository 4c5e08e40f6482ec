/**
 * `mailglass keys`: creates, lists and deletes access keys, in the server that runs on the configured port, or else in
 * the stores that it would use.
 */
import { text } from "node:stream/consumers";
import type { FastifyBaseLogger } from "fastify";
import { type AccessKey, AccessKeyError, createAccessKeys } from "../../access/access-keys.ts";
import { smtpPassword } from "../../access/smtp-credentials.ts";
import type { Config } from "../../config/config.ts";
import { findRunningServer } from "../running-server.ts";
import { textTable } from "../text-table.ts";
import { type KeysCall, readKeysCall, UsageError, usage } from "./command-line.ts";
import { type ManagedKeys, remoteKeys } from "./remote-keys.ts";

/** Runs the command; resolves to the exit code: 2 for invalid arguments, 1 if it failed. */
export async function keysCommand(args: readonly string[], config: Config, log: FastifyBaseLogger): Promise<number> {
  try {
    const call = readKeysCall(args);
    if (call.name === "help") console.log(usage);
    else if (call.name === "smtp-password") console.log(smtpPassword(await readSecret(), call.region ?? config.region));
    else await withKeys(config, log, (keys) => manage(call, keys, config));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AccessKeyError)) throw error;
    console.error(`mailglass keys: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function withKeys(
  config: Config,
  log: FastifyBaseLogger,
  work: (keys: ManagedKeys) => Promise<void>,
): Promise<void> {
  const server = await findRunningServer(config);
  if (server) return work(remoteKeys(server));
  // Import only when needed: loading the database engines takes a second.
  const { Closers, openControlStore } = await import("../../server/open-stores.ts");
  const closers = new Closers();
  try {
    const store = await openControlStore(config, log, closers);
    await work(createAccessKeys({ ...store, clock: () => new Date(), log }));
  } finally {
    await closers.close();
  }
}

async function manage(
  call: Exclude<KeysCall, { name: "smtp-password" | "help" }>,
  keys: ManagedKeys,
  config: Pick<Config, "accountId" | "region">,
): Promise<void> {
  switch (call.name) {
    case "create": {
      // The settings name the default account, also before a server has started with them.
      const accountId = call.accountId === config.accountId ? undefined : call.accountId;
      const created = await keys.create({ ...call, accountId });
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = created;
      if (call.json) return console.log(JSON.stringify(created));
      console.error("Keep this: the secret is shown now and never again.");
      console.log(`AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=${secretAccessKey}`);
      if (sessionToken !== undefined) console.log(`AWS_SESSION_TOKEN=${sessionToken}`);
      if (expiresAt) console.log(`# valid until ${expiresAt.toISOString()}`);
      else console.log(`# SMTP: user ${accessKeyId}, password ${smtpPassword(secretAccessKey, config.region)}`);
      return;
    }
    case "list": {
      const listed = await keys.list();
      return console.log(call.json ? JSON.stringify(listed) : table(listed, config.accountId, new Date()));
    }
    case "delete":
      return done(await keys.delete(call.id), call.id, "deleted");
    case "activate":
      return done(await keys.setActive(call.id, true), call.id, "active");
    case "deactivate":
      return done(await keys.setActive(call.id, false), call.id, "inactive");
  }
}

function done(found: boolean, id: string, state: string): void {
  if (!found) throw new AccessKeyError(`there is no access key ${id}`);
  console.log(`${id} is ${state}.`);
}

/** Without the accounts if all keys belong to the default one, and without rights if all keys may do everything. */
function table(keys: readonly AccessKey[], defaultAccount: string, now: Date): string {
  if (keys.length === 0) return "There are no access keys. `mailglass keys create` makes one.";
  const state = ({ active, expiresAt }: AccessKey) =>
    expiresAt && expiresAt <= now ? "expired" : active ? "active" : "inactive";
  const time = (date: Date | undefined) => (date ? `${date.toISOString().slice(0, 16)}Z` : "never");
  const several = keys.some(({ accountId }) => accountId !== defaultAccount);
  const withAccount = (account: string) => (several ? [account] : []);
  const limited = keys.some(({ allow }) => allow !== undefined);
  const withRights = (allow: readonly string[] | undefined) =>
    limited ? [allow === undefined ? "everything" : allow.join(" ") || "nothing"] : [];
  const rows = keys.map((key) => [
    ...[key.id, ...withAccount(key.accountId), state(key), ...withRights(key.allow)],
    ...[time(key.createdAt), time(key.lastUsedAt), key.description],
  ]);
  const head = ["ID", ...withAccount("ACCOUNT"), "STATE", ...(limited ? ["ALLOWED"] : [])];
  return textTable([[...head, "CREATED", "LAST USED", "DESCRIPTION"], ...rows]);
}

/** Reads the secret from the environment or standard input: other users of the machine can read arguments. */
async function readSecret(): Promise<string> {
  const given = process.env.AWS_SECRET_ACCESS_KEY;
  if (!given && process.stdin.isTTY)
    throw new UsageError("the secret access key comes from AWS_SECRET_ACCESS_KEY or standard input");
  const secret = given || (await text(process.stdin)).trim();
  if (secret === "")
    throw new UsageError("neither AWS_SECRET_ACCESS_KEY nor standard input contains a secret access key");
  return secret;
}
