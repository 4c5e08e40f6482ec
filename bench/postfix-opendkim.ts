/**
 * Postfix that takes mail over SMTP, has it signed by OpenDKIM and relays it, with its queue synced to disk as Postfix
 * does by default. An instance of its own in a temporary folder. Debian's packages `postfix`, `opendkim`.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../test/support/free-port.ts";
import { postfixMissing } from "../test/support/missing-tools.ts";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { benchMail } from "./bench-mail.ts";

const run = promisify(execFile);
const postfix = "/usr/sbin/postfix";
const opendkim = "/usr/sbin/opendkim";

/** What keeps it from being started; undefined for nothing. */
export function postfixWithOpenDkimMissing(): string | undefined {
  return postfixMissing() ?? (existsSync(opendkim) ? undefined : "Debian's package opendkim is not installed");
}

export interface SigningRelay extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts both.
 * @param options.relayPort where the mail goes, on loopback.
 * @param options.connections how many connections to there it may have.
 * @param options.pem the private RSA key for `benchMail`.
 */
export async function startPostfixWithOpenDkim(options: {
  relayPort: number;
  connections: number;
  pem: string;
}): Promise<SigningRelay> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  const etc = join(folder, "etc");
  for (const name of ["etc", "lib", "spool"]) await mkdir(join(folder, name));
  const [port, milterPort] = [await freePort(), await freePort()];
  await writeFile(join(etc, "key.pem"), options.pem, { mode: 0o600 });
  await writeFile(join(etc, "opendkim.conf"), opendkimConf(etc, milterPort));
  await writeFile(join(etc, "main.cf"), mainCf(folder, milterPort, options));
  await writeFile(join(etc, "master.cf"), masterCf(port));
  await chown(join(folder, "lib"), Number((await run("id", ["-u", "postfix"])).stdout), 0);
  const signer = spawn(opendkim, ["-f", "-x", join(etc, "opendkim.conf")], { stdio: ["ignore", "inherit", "inherit"] });
  const killLeftover = () => signer.kill("SIGTERM");
  process.once("exit", killLeftover);
  try {
    await listening(milterPort, signer);
    await run(postfix, ["-c", etc, "start"]);
  } catch (error) {
    signer.kill("SIGTERM");
    const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
    throw new Error(`Postfix with OpenDKIM does not start: ${log}`, { cause: error });
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      await run(postfix, ["-c", etc, "stop"]);
      const ended = once(signer, "exit");
      signer.kill("SIGTERM");
      await ended;
      process.off("exit", killLeftover);
      await removeFolder(folder);
    },
  };
}

function opendkimConf(etc: string, port: number): string {
  return [
    `Domain ${benchMail.domain}`,
    `Selector ${benchMail.selector}`,
    `KeyFile ${etc}/key.pem`,
    `Socket inet:${port}@127.0.0.1`,
    "Mode s",
    "Canonicalization relaxed/relaxed",
    "SignatureAlgorithm rsa-sha256",
    "InternalHosts 127.0.0.1",
    "RequireSafeKeys no",
    "",
  ].join("\n");
}

function mainCf(
  folder: string,
  milterPort: number,
  { relayPort, connections }: { relayPort: number; connections: number },
): string {
  return [
    "compatibility_level = 3.6",
    `queue_directory = ${folder}/spool`,
    `data_directory = ${folder}/lib`,
    "command_directory = /usr/sbin",
    "daemon_directory = /usr/lib/postfix/sbin",
    "mail_owner = postfix",
    "setgid_group = postdrop",
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    "myhostname = relay.sender.example",
    "mydestination =",
    "mynetworks = 127.0.0.0/8",
    "alias_maps =",
    "alias_database =",
    "local_recipient_maps =",
    "inet_protocols = ipv4",
    "smtp_host_lookup = native",
    "disable_dns_lookups = yes",
    "smtpd_peername_lookup = no",
    "smtpd_client_connection_count_limit = 0",
    "smtpd_recipient_restrictions = permit_mynetworks, reject",
    `relayhost = [127.0.0.1]:${relayPort}`,
    `default_destination_concurrency_limit = ${connections}`,
    `smtpd_milters = inet:127.0.0.1:${milterPort}`,
    // Mail must not pass unsigned.
    "milter_default_action = tempfail",
    "",
  ].join("\n");
}

function masterCf(port: number): string {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "proxymap unix - - n - - proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
    "",
  ].join("\n");
}

/** Resolves once the process listens on the port; rejects if it ends or has not after 10 s. */
async function listening(port: number, { exitCode }: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200 && exitCode === null; tries++) {
    const socket = connect(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(50);
  }
  throw new Error("OpenDKIM does not listen");
}
