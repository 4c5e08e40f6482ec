/** Looks for the mail of tests in an open mailbox, by Message-ID. */
import type { MailboxLockObject, SearchObject } from "imapflow";
import { readMailHeader } from "../mail/mail-bodies.ts";
import type { Conclusion } from "../stores/postgres/deliverability-tests.ts";
import { readAuthentication } from "./authentication-results.ts";
import { MailboxFailure, type OpenMailbox } from "./imap-mailbox.ts";

/** How much of a found message is read, in bytes: its header. */
const headerBytes = 256 << 10;

export interface FoundMail<Mail> {
  readonly mail: Mail;
  readonly conclusion: Conclusion;
}

/**
 * Looks for `mails` in all folders, and calls `found` for each that is there. Once `found` has stored the result, the
 * mail is deleted from the mailbox; if that fails, it stays.
 * @param mails their Message-ID fields
 * @param authservId see `readAuthentication`
 * @returns those that were not found
 * @throws MailboxFailure, errors of imapflow, and what `found` throws
 */
export async function findMails<Mail extends { readonly messageIdField: string }>(
  { client, facts }: OpenMailbox,
  mails: readonly Mail[],
  authservId: string | null,
  found: (one: FoundMail<Mail>) => Promise<void>,
): Promise<Mail[]> {
  let missing = [...mails];
  for (const folder of facts.folders) {
    if (missing.length === 0) break;
    const lock = await openFolder({ client, facts }, folder);
    if (!lock) continue;
    const search = async (query: SearchObject) => {
      const uids = await client.search(query, { uid: true });
      if (!uids) throw new MailboxFailure(`The mail server can't search the folder ${JSON.stringify(folder)}.`);
      return uids;
    };
    try {
      const queries = missing.map((mail) => ({ mail, query: { header: { "message-id": mail.messageIdField } } }));
      const [first] = queries;
      const any = queries.length > 1 ? { or: queries.map(({ query }) => query) } : first?.query;
      // Most folders have none of them.
      if (!any || (await search(any)).length === 0) continue;
      const later: Mail[] = [];
      for (const { mail, query } of queries) {
        const uids = await search(query);
        const header = uids.length > 0 && (await headerOf(client, uids));
        if (!header) {
          later.push(mail);
          continue;
        }
        const { spf, dkim } = readAuthentication(readMailHeader(header), authservId);
        const placement = folder === facts.junkFolder ? "junk" : "inbox";
        await found({ mail, conclusion: { placement, folder, spf, dkim, note: null } });
        await client.messageDelete(uids.join(","), { uid: true }).catch(() => false);
      }
      missing = later;
    } finally {
      lock.release();
    }
  }
  return missing;
}

/** Opens a folder; undefined if it can't be opened, and is neither the inbox nor the junk folder. */
async function openFolder({ client, facts }: OpenMailbox, folder: string): Promise<MailboxLockObject | undefined> {
  try {
    return await client.getMailboxLock(folder);
  } catch (error) {
    if (!client.usable || folder === facts.folders[0] || folder === facts.junkFolder) throw error;
    return undefined;
  }
}

/** The start of the first of the messages that still exists. */
async function headerOf(client: OpenMailbox["client"], uids: readonly number[]): Promise<Buffer | undefined> {
  const [uid] = uids;
  const fetched = await client.fetchOne(String(uid), { source: { maxLength: headerBytes } }, { uid: true });
  return fetched === false ? undefined : fetched.source;
}
