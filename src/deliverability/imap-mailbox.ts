/** A session with a mailbox over IMAP. It always uses TLS, and ends within a minute. */
import type { ImapFlow, ListResponse } from "imapflow";
import type { SeedMailboxChoices } from "../stores/postgres/seed-mailboxes.ts";

/** What it takes to log in. */
export type MailboxLogin = Pick<SeedMailboxChoices, "host" | "port" | "security" | "username" | "junkFolder" | "ca"> & {
  readonly password: string;
};

/** The folders of a mailbox. */
export interface MailboxFacts {
  /** The names of the folders to search, in their order: the inbox, the junk folder, others. */
  readonly folders: readonly string[];
  /** One of them; undefined if there is none. */
  readonly junkFolder: string | undefined;
}

export interface OpenMailbox {
  readonly client: ImapFlow;
  readonly facts: MailboxFacts;
}

/** Why a mailbox could not be searched. The message is a sentence for people, and contains no password. */
export class MailboxFailure extends Error {
  override name = "MailboxFailure";
}

/** In milliseconds. */
const deadlines = { connection: 15_000, greeting: 15_000, silence: 30_000, session: 60_000 };
/** What a server may send at a time, in bytes: the header of a message or a list of folders, not whole mail. */
const mostBytes = 4 << 20;
/** The most folders that are searched. */
const mostFolders = 30;

/** Folders that receive no mail, or repeat what is in others. */
const skippedUses: ReadonlySet<string> = new Set([
  "\\Sent",
  "\\Drafts",
  "\\Trash",
  "\\All",
  "\\Flagged",
  "\\Important",
]);
const skippedFlags = ["\\Noselect", "\\NonExistent"];

/**
 * Logs in, calls `work`, and logs out.
 * @param signal ends the session early
 * @throws MailboxFailure if the server can't be reached, refuses the login or fails, if `work` throws, and if `signal` aborts
 */
export async function openMailbox<Result>(
  login: MailboxLogin,
  signal: AbortSignal | undefined,
  work: (mailbox: OpenMailbox) => Promise<Result>,
): Promise<Result> {
  // Loaded when it is needed: most servers have no seed mailboxes.
  const { ImapFlow } = await import("imapflow");
  const client = new ImapFlow({
    host: login.host,
    port: login.port,
    secure: login.security === "tls",
    ...(login.security === "starttls" && { doSTARTTLS: true }),
    auth: { user: login.username, pass: login.password },
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2", ...(login.ca !== null && { ca: login.ca }) },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: deadlines.connection,
    greetingTimeout: deadlines.greeting,
    socketTimeout: deadlines.silence,
    maxLineLength: mostBytes,
    maxLiteralSize: mostBytes,
    maxResponseSize: 2 * mostBytes,
  });
  // Errors of the connection also reject the command in progress.
  client.on("error", () => {});
  const session = AbortSignal.any([AbortSignal.timeout(deadlines.session), ...(signal ? [signal] : [])]);
  const end = () => client.close();
  session.addEventListener("abort", end, { once: true });
  try {
    session.throwIfAborted();
    await client.connect();
    const facts = foldersOf(await client.list(), login.junkFolder);
    const result = await work({ client, facts });
    await client.logout().catch(() => {});
    return result;
  } catch (error) {
    throw failureOf(error, login, session.aborted && !signal?.aborted);
  } finally {
    session.removeEventListener("abort", end);
    client.close();
  }
}

function foldersOf(listed: readonly ListResponse[], named: string | null): MailboxFacts {
  const usable = listed.filter(({ flags }) => !skippedFlags.some((flag) => flags.has(flag)));
  const junk = usable.find(({ path, specialUse }) => (named === null ? specialUse === "\\Junk" : path === named));
  if (named !== null && !junk) throw new MailboxFailure(`The mailbox has no folder ${JSON.stringify(named)}.`);
  const others = usable.filter(
    (one) => one !== junk && !isInbox(one) && (one.specialUse === undefined || !skippedUses.has(one.specialUse)),
  );
  const folders = ["INBOX", ...(junk ? [junk.path] : []), ...others.map(({ path }) => path)];
  return { folders: folders.slice(0, mostFolders), junkFolder: junk?.path };
}

function isInbox({ path }: ListResponse): boolean {
  return path.toUpperCase() === "INBOX";
}

/** Says what went wrong. The error itself may contain the password in a command that was sent. */
function failureOf(error: unknown, { host, port, password }: MailboxLogin, tookTooLong: boolean): MailboxFailure {
  if (error instanceof MailboxFailure) return error;
  const at = `${host}:${port}`;
  if (tookTooLong) return new MailboxFailure(`The mail server ${at} did not finish within a minute.`);
  // A server may repeat what it was sent.
  const said = (text: unknown) =>
    typeof text === "string" && !text.includes(password) ? `: ${text.replace(/\p{Cc}+/gu, " ").slice(0, 200)}` : ".";
  const details: { code?: unknown; authenticationFailed?: unknown; responseText?: unknown } =
    typeof error === "object" && error !== null ? error : {};
  if (details.authenticationFailed === true) {
    const text = `The mail server ${at} refused the user name or the password${said(details.responseText)}`;
    return new MailboxFailure(text);
  }
  const code = typeof details.code === "string" ? details.code : "";
  const known = connectionFailures.get(code);
  if (known !== undefined) return new MailboxFailure(known.replace("{}", at));
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return new MailboxFailure(`The certificate of the mail server ${at} is not trusted (${code}).`);
  }
  const reason = details.responseText ?? (error instanceof Error ? error.message : undefined);
  return new MailboxFailure(`The session with the mail server ${at} failed${said(reason)}`);
}

const connectionFailures = new Map([
  ["ENOTFOUND", "The mail server {} was not found in the DNS."],
  ["EAI_AGAIN", "The DNS did not answer for the mail server {}."],
  ["ECONNREFUSED", "The mail server {} refused the connection."],
  ["EHOSTUNREACH", "The mail server {} can't be reached."],
  ["ENETUNREACH", "The mail server {} can't be reached."],
  ["ETIMEDOUT", "The mail server {} did not answer in time."],
  ["ETIMEOUT", "The mail server {} did not answer in time."],
  ["CONNECT_TIMEOUT", "The mail server {} did not answer in time."],
  ["GREETING_TIMEOUT", "The mail server {} did not answer in time."],
  ["ECONNRESET", "The mail server {} closed the connection."],
  ["NoConnection", "The mail server {} closed the connection."],
  ["EConnectionClosed", "The mail server {} closed the connection."],
]);
