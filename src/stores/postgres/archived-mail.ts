/** The archived_mail table: its migration describes the columns. */
import type { Queryable, ScopedQueryable } from "./database.ts";

/** A message in an archive. */
export interface ArchivedMail {
  readonly archive: string;
  readonly messageId: string;
  readonly sentAt: Date;
  /** The envelope sender before a return path replaced it. */
  readonly sender: string;
  /** The recipients to whom the mail was to be delivered. */
  readonly recipients: readonly string[];
  /** Decoded; empty if there is none. */
  readonly subject: string;
  readonly location: { readonly key: string; readonly offset: number; readonly length: number };
}

/** Mail to add to an archive. */
export interface NewArchivedMail extends ArchivedMail {
  readonly scope: number;
}

interface ArchivedRow extends Omit<ArchivedMail, "location"> {
  key: string;
  offset: number;
  length: number;
}

const columns = `archive, message_id AS "messageId", sent_at AS "sentAt", sender, recipients, subject,
  object_key AS key, object_offset AS "offset", object_length AS "length"`;

function mailOf({ key, offset, length, ...row }: ArchivedRow): ArchivedMail {
  return { ...row, location: { key, offset, length } };
}

/**
 * Adds mail to archives, in the transaction of its events. Leaves out the mail of an archive that was deleted meanwhile:
 * a process may know a configuration set from before.
 */
export async function insertArchivedMail(transaction: Queryable, mail: readonly NewArchivedMail[]): Promise<void> {
  const rows = mail.map(({ sentAt, location, ...rest }) => ({ ...rest, ...location, sentAt: sentAt.toISOString() }));
  await transaction.query(
    `WITH existing AS MATERIALIZED (
       SELECT id FROM archives WHERE id = ANY($2::text[]) ORDER BY id FOR KEY SHARE
     )
     INSERT INTO archived_mail (archive, message_id, scope, sent_at, sender, recipients, subject,
       object_key, object_offset, object_length)
     SELECT mail.archive, mail."messageId", mail.scope, mail."sentAt", mail.sender,
       ARRAY(SELECT json_array_elements_text(mail.recipients)), mail.subject, mail.key, mail."offset", mail."length"
     FROM json_to_recordset($1::text::json) AS mail (archive text, "messageId" text, scope integer,
       "sentAt" timestamptz, sender text, recipients json, subject text, key text, "offset" bigint, "length" bigint)
     JOIN existing ON existing.id = mail.archive`,
    [JSON.stringify(rows), [...new Set(mail.map(({ archive }) => archive))]],
  );
}

/** Which messages of an archive to find. Texts are compared without regard to case. */
export interface ArchiveSearch {
  readonly archive: string;
  /** The range of message IDs: from this one on, and before that one. Empty for no bound. */
  readonly from: string;
  readonly before: string;
  readonly messageId: string | undefined;
  /** An address. */
  readonly recipient: string | undefined;
  readonly sender: string | undefined;
  /** A part of the subject. */
  readonly subject: string | undefined;
  readonly limit: number;
}

/** The messages found, the newest first. */
export async function searchArchivedMail(database: ScopedQueryable, search: ArchiveSearch): Promise<ArchivedMail[]> {
  const { archive, from, before, messageId, recipient, sender, subject, limit } = search;
  const rows = await database.query<ArchivedRow>(
    `SELECT ${columns} FROM archived_mail AS m
     WHERE scope = $1 AND archive = $2 AND message_id >= $3::text AND ($4::text = '' OR message_id < $4::text)
       AND ($5::text IS NULL OR EXISTS (SELECT FROM unnest(m.recipients) AS one WHERE lower(one) = lower($5::text)))
       AND ($6::text IS NULL OR lower(sender) = lower($6::text))
       AND ($7::text IS NULL OR strpos(lower(subject), lower($7::text)) > 0)
       AND ($9::text IS NULL OR message_id = $9::text)
     ORDER BY message_id DESC LIMIT $8::integer`,
    [
      database.scope,
      archive,
      from,
      before,
      recipient ?? null,
      sender ?? null,
      subject ?? null,
      limit,
      messageId ?? null,
    ],
  );
  return rows.map(mailOf);
}

/** A message of an archive; undefined if the archive doesn't have it. */
export async function selectArchivedMail(
  database: ScopedQueryable,
  archive: string,
  messageId: string,
): Promise<ArchivedMail | undefined> {
  const [row] = await database.query<ArchivedRow>(
    `SELECT ${columns} FROM archived_mail WHERE scope = $1 AND archive = $2 AND message_id = $3`,
    [database.scope, archive, messageId],
  );
  return row && mailOf(row);
}

/** Whether an archive has mail. */
export async function hasArchivedMail(database: ScopedQueryable, archive: string): Promise<boolean> {
  const rows = await database.query("SELECT FROM archived_mail WHERE scope = $1 AND archive = $2 LIMIT 1", [
    database.scope,
    archive,
  ]);
  return rows.length > 0;
}

/** Deletes up to `limit` rows of an archive, those before a message ID if one is given. Returns their number. */
export async function deleteArchivedMail(
  database: Queryable,
  archive: string,
  before: string | undefined,
  limit: number,
): Promise<number> {
  const rows = await database.query(
    `DELETE FROM archived_mail WHERE archive = $1 AND message_id = ANY(ARRAY(
       SELECT message_id FROM archived_mail
       WHERE archive = $1 AND ($2::text IS NULL OR message_id < $2::text) ORDER BY message_id LIMIT $3::integer))
     RETURNING 1 AS one`,
    [archive, before ?? null, limit],
  );
  return rows.length;
}

/** Archived mail to an address and nobody else, in all scopes. */
export async function selectSoleArchivedMail(
  database: Queryable,
  address: string,
  limit: number,
): Promise<ArchivedMail[]> {
  const rows = await database.query<ArchivedRow>(
    `SELECT ${columns} FROM archived_mail
     WHERE cardinality(recipients) = 1 AND lower(recipients[1]) = lower($1::text) LIMIT $2::integer`,
    [address, limit],
  );
  return rows.map(mailOf);
}

/** Deletes the rows of messages in an archive. */
export async function deleteArchivedMessages(
  database: Queryable,
  archive: string,
  messageIds: readonly string[],
): Promise<void> {
  await database.query("DELETE FROM archived_mail WHERE archive = $1 AND message_id = ANY($2::text[])", [
    archive,
    messageIds,
  ]);
}

/** Removes an address from the recipients of mail to several; returns the number of messages. */
export async function removeArchivedRecipient(database: Queryable, address: string): Promise<number> {
  const rows = await database.query(
    `UPDATE archived_mail AS m
     SET recipients = ARRAY(SELECT one FROM unnest(m.recipients) AS one WHERE lower(one) <> lower($1::text))
     WHERE cardinality(recipients) > 1 AND EXISTS (SELECT FROM unnest(m.recipients) AS one WHERE lower(one) = lower($1::text))
     RETURNING 1 AS one`,
    [address],
  );
  return rows.length;
}
