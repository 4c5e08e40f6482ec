/**
 * Dovecot as the IMAP server of mailboxes at a provider: an instance of its own in a temporary folder, without the rights
 * of root. The test writes mail into its maildirs. Debian's package `dovecot-imapd`.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, chown, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createAuthority } from "./certificates.ts";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { removeFolder, temporaryFolder } from "./server-process.ts";

/** A running Dovecot. */
export interface Dovecot extends AsyncDisposable {
  /** The port with TLS from the start, and that with STARTTLS. */
  readonly ports: { readonly tls: number; readonly starttls: number };
  /** The authority of its certificate, which is of 127.0.0.1, in PEM. */
  readonly ca: string;
  /** Puts a message into a folder of a mailbox. */
  deliver(address: string, mail: string | Uint8Array, folder?: string): Promise<void>;
  /** The number of messages in a folder of a mailbox. */
  count(address: string, folder?: string): Promise<number>;
}

/** Starts it with mailboxes, which have the folders INBOX, Junk, Trash and Offers. Throws where it is not installed. */
export async function startDovecot(passwords: Readonly<Record<string, string>>): Promise<Dovecot> {
  const folder = await temporaryFolder();
  const owner = ownerOfProcess();
  await chmod(folder, 0o755);
  const own = (path: string) => chown(path, owner.uid, owner.gid);
  for (const name of ["run", "state", "mail"]) {
    await mkdir(join(folder, name));
    await own(join(folder, name));
  }
  const authority = await createAuthority();
  const { key, cert } = await authority.issue(["127.0.0.1"]);
  const ports = { tls: await freePort(), starttls: await freePort() };
  const users = Object.entries(passwords).map(([address, password]) => `${address}:{PLAIN}${password}\n`);
  const files = { key, cert, users: users.join(""), log: "", "dovecot.conf": settings(folder, owner, ports) };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    await own(join(folder, name));
  }
  // As the owner, it needs no root: its processes would otherwise change their user.
  const ids = process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {};
  const child = spawn(command, ["-F", "-c", join(folder, "dovecot.conf")], { stdio: "ignore", ...ids });
  const exit = once(child, "exit");
  try {
    await eventually(() => greeted(ports.tls));
  } catch (error) {
    throw new Error(`Dovecot does not start: ${await readFile(join(folder, "log"), "utf8")}`, { cause: error });
  }

  const maildir = (address: string, name: string) =>
    join(folder, "mail", address, ...(name === "INBOX" ? [] : [`.${name}`]));
  return {
    ports,
    ca: authority.cert,
    async deliver(address, mail, name = "INBOX") {
      for (const path of [maildir(address, "INBOX"), maildir(address, name)]) {
        for (const part of ["", "tmp", "new", "cur"]) {
          await mkdir(join(path, part), { recursive: true });
          await own(join(path, part));
        }
      }
      const [from, to] = ["tmp", "new"].map((part) => join(maildir(address, name), part));
      const file = randomUUID();
      await writeFile(join(from ?? "", file), mail);
      await own(join(from ?? "", file));
      await rename(join(from ?? "", file), join(to ?? "", file));
    },
    async count(address, name = "INBOX") {
      const parts = ["new", "cur"].map((part) => readdir(join(maildir(address, name), part)).catch(() => []));
      return (await Promise.all(parts)).flat().length;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exit;
      await removeFolder(folder);
    },
  };
}

const command = "/usr/sbin/dovecot";

interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
}

/** Debian's nobody instead of root, for whom Dovecot opens no mailboxes. */
function ownerOfProcess(): Owner {
  const { uid, gid, username } = userInfo();
  if (uid === 0) return { uid: 65_534, gid: 65_534, user: "nobody", group: "nogroup" };
  return { uid, gid, user: username, group: String(gid) };
}

function settings(folder: string, { user, group }: Owner, ports: Dovecot["ports"]): string {
  const mailboxes = ["Junk", "Trash", "Offers"].map((name) => {
    const use = name === "Offers" ? "" : `\nspecial_use = \\${name}`;
    return `mailbox ${name} {\nauto = create${use}\n}`;
  });
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
mail_location = maildir:${folder}/mail/%u
mail_access_groups =
first_valid_uid = 1
first_valid_gid = 1
ssl = required
ssl_cert = <${folder}/cert
ssl_key = <${folder}/key
auth_mechanisms = plain
auth_failure_delay = 0
passdb {
driver = passwd-file
args = ${folder}/users
}
userdb {
driver = static
args = uid=${user} gid=${group} home=${folder}/mail/%u
}
service anvil {
chroot =
}
service imap-login {
chroot =
inet_listener imap {
port = ${ports.starttls}
}
inet_listener imaps {
port = ${ports.tls}
ssl = yes
}
}
namespace inbox {
inbox = yes
${mailboxes.join("\n")}
}
`;
}

/** Rejects while nobody listens. */
async function greeted(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
