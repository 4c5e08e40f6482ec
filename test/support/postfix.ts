/**
 * Postfix as a receiving host, an instance of its own in a temporary folder: it delivers into maildirs, defers and refuses
 * as the test says (by its policy protocol), and bounces later what it could not deliver. Debian's package `postfix`.
 */
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { removeFolder, temporaryFolder } from "./server-process.ts";

const run = promisify(execFile);
const command = "/usr/sbin/postfix";

/** A mail that arrived. */
export interface ArrivedMail {
  /** The recipient of the envelope. */
  readonly to: string;
  /** The whole message with what Postfix put before it (Return-Path, Delivered-To, Received); lines end with LF. */
  readonly text: string;
}

/** A running Postfix. */
export interface Postfix extends AsyncDisposable {
  readonly port: number;
  /** What it says to RCPT: an access(5) action such as `450 4.2.0 Try later`; undefined for yes. May be changed at any time. */
  rcpt: (recipient: string, sender: string) => string | undefined;
  /** All that arrived, in no order. */
  mail(): Promise<ArrivedMail[]>;
  /** Its log, for a test that fails. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** What it is to receive. */
export interface PostfixOptions {
  /** The domains whose mail it takes. */
  readonly domains: readonly string[];
  /** Recipients that it takes and then finds to be unknown: it sends a delivery status to the return path. */
  readonly bouncedLater?: readonly string[];
  /** Where mail to a domain goes: how its delivery status finds the way back. */
  readonly routes?: Readonly<Record<string, number>>;
  /** Whether it offers STARTTLS, with a certificate that nobody knows. */
  readonly tls?: boolean;
}

/** Starts it. Throws where it is not installed. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  const etc = join(folder, "etc");
  const { uid, gid } = await ownerOf("postfix");
  for (const name of ["etc", "lib", "spool", "mail"]) await mkdir(join(folder, name));
  await chown(join(folder, "lib"), uid, gid);
  await chown(join(folder, "mail"), uid, gid);
  const port = await freePort();
  const state: Pick<Postfix, "rcpt"> = { rcpt: () => undefined };
  const policy = await startPolicy((recipient, sender) => state.rcpt(recipient, sender));
  await writeFile(join(etc, "main.cf"), await mainCf(folder, options, { uid, gid, policy: policy.port }));
  await writeFile(join(etc, "master.cf"), masterCf(port));
  await writeFile(join(etc, "transport"), transportTable(options));
  await writeFile(join(etc, "mailboxes"), options.domains.map((domain) => `@${domain} ${domain}/\n`).join(""));
  try {
    await run(command, ["-c", etc, "start"]);
  } catch (error) {
    throw new Error(
      `Postfix does not start: ${await readFile(join(folder, "log"), "utf8").catch(() => String(error))}`,
    );
  }
  const postfix: Postfix = {
    port,
    get rcpt() {
      return state.rcpt;
    },
    set rcpt(rule) {
      state.rcpt = rule;
    },
    mail: () => readMaildirs(join(folder, "mail")),
    log: () => readFile(join(folder, "log"), "utf8"),
    async stop() {
      await run(command, ["-c", etc, "stop"]).catch(() => {});
      policy.server.close();
      await removeFolder(folder);
    },
    [Symbol.asyncDispose]: () => postfix.stop(),
  };
  return postfix;
}

async function ownerOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, user])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function mainCf(
  folder: string,
  { domains, tls }: PostfixOptions,
  { uid, gid, policy }: { uid: number; gid: number; policy: number },
): Promise<string> {
  const lines = [
    "compatibility_level = 3.6",
    `queue_directory = ${folder}/spool`,
    `data_directory = ${folder}/lib`,
    "command_directory = /usr/sbin",
    "daemon_directory = /usr/lib/postfix/sbin",
    "mail_owner = postfix",
    "setgid_group = postdrop",
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    "myhostname = mx.receiver.example",
    "mydestination =",
    "alias_maps =",
    "alias_database =",
    "local_recipient_maps =",
    "inet_protocols = ipv4",
    "smtp_host_lookup = native",
    "disable_dns_lookups = yes",
    "smtpd_peername_lookup = no",
    `virtual_mailbox_domains = ${domains.join(", ")}`,
    `virtual_mailbox_base = ${folder}/mail`,
    `virtual_mailbox_maps = texthash:${folder}/etc/mailboxes`,
    `virtual_uid_maps = static:${uid}`,
    `virtual_gid_maps = static:${gid}`,
    "virtual_minimum_uid = 1",
    `transport_maps = texthash:${folder}/etc/transport`,
    `smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:${policy}, reject_unauth_destination`,
    "smtpd_policy_service_max_idle = 1s",
    "smtpd_client_connection_count_limit = 0",
    "smtpd_error_sleep_time = 0",
    "notify_classes =",
  ];
  if (tls) {
    const [key, certificate] = [`${folder}/etc/key.pem`, `${folder}/etc/certificate.pem`];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mx.receiver.example"];
    await run("openssl", [...request, "-keyout", key, "-out", certificate]);
    lines.push("smtpd_tls_security_level = may", `smtpd_tls_key_file = ${key}`, `smtpd_tls_cert_file = ${certificate}`);
  }
  return `${lines.join("\n")}\n`;
}

function masterCf(port: number): string {
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "proxymap unix - - n - - proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "error unix - - n - - error",
    // Knows no mailbox. A transport named `error` won't do: smtpd refuses such recipients at RCPT.
    "gone unix - n n - - virtual -o virtual_mailbox_maps=texthash:/dev/null",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "local unix - n n - - local",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
  ];
  return `${services.join("\n")}\n`;
}

function transportTable({ bouncedLater = [], routes = {} }: PostfixOptions): string {
  const bounced = bouncedLater.map((recipient) => `${recipient} gone:\n`);
  const routed = Object.entries(routes).map(([domain, port]) => `${domain} smtp:[127.0.0.1]:${port}\n`);
  return [...bounced, ...routed].join("");
}

/** Postfix asks here for each RCPT (SMTPD_POLICY_README): lines of `name=value`, an empty one, and then the answer. */
async function startPolicy(
  rule: (recipient: string, sender: string) => string | undefined,
): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    let text = "";
    socket.on("error", () => socket.destroy());
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const attributes = new Map(
          text
            .slice(0, end)
            .split("\n")
            .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
        );
        text = text.slice(end + 2);
        const action = rule(attributes.get("recipient") ?? "", attributes.get("sender") ?? "");
        socket.write(`action=${action ?? "DUNNO"}\n\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the policy service has no port");
  return { server, port: address.port };
}

async function readMaildirs(folder: string): Promise<ArrivedMail[]> {
  const mail: ArrivedMail[] = [];
  for (const domain of await readdir(folder)) {
    const box = join(folder, domain, "new");
    for (const name of await readdir(box).catch(() => [])) {
      const text = await readFile(join(box, name), "utf8");
      mail.push({ to: /^Delivered-To: (.*)$/m.exec(text)?.[1] ?? "", text });
    }
  }
  return mail;
}
