/** The custom_verification_links table: its migration describes the columns. */
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";

/** A link in a verification mail. */
export interface CustomVerificationLink {
  readonly tokenHash: Uint8Array;
  readonly address: string;
  readonly sentAt: Date;
  readonly successUrl: string;
  readonly failureUrl: string;
}

/** Where a link leads. */
export type LinkTargets = Pick<CustomVerificationLink, "successUrl" | "failureUrl">;

/** How many old links are deleted with each new one, so that their number stays bounded without a job of their own. */
const deletedAtOnce = 10;

/** Adds a link, and deletes some that were sent before `keptSince`. */
export async function insertCustomVerificationLink(
  database: ScopedQueryable,
  { tokenHash, address, sentAt, successUrl, failureUrl }: CustomVerificationLink,
  keptSince: Date,
): Promise<void> {
  await database.query(
    `WITH old AS (
       DELETE FROM custom_verification_links WHERE token_hash = ANY(ARRAY(
         SELECT token_hash FROM custom_verification_links WHERE sent_at < $7 ORDER BY sent_at LIMIT ${deletedAtOnce}
         FOR UPDATE SKIP LOCKED))
     )
     INSERT INTO custom_verification_links (scope, token_hash, address, sent_at, success_url, failure_url)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [database.scope, tokenHash, address, sentAt, successUrl, failureUrl, keptSince],
  );
}

/**
 * Undoes `insertCustomVerificationLink` after the mail was refused. `addedAt` is when the identity was created for it;
 * such an identity is deleted, too, unless it has been verified or another mail was sent to it meanwhile.
 */
export async function withdrawCustomVerificationLink(
  database: ScopedDatabase,
  { tokenHash, address }: Pick<CustomVerificationLink, "tokenHash" | "address">,
  addedAt: Date | undefined,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const { scope } = transaction;
    await transaction.query("DELETE FROM custom_verification_links WHERE scope = $1 AND token_hash = $2", [
      scope,
      tokenHash,
    ]);
    if (addedAt === undefined) return;
    await transaction.query(
      `DELETE FROM email_identities
       WHERE scope = $1 AND name = $2 AND created_at = $3 AND proven_at IS NULL AND NOT EXISTS (
         SELECT FROM custom_verification_links WHERE scope = $1 AND address = $2)`,
      [scope, address, addedAt],
    );
  });
}

/** Where the link with a token leads, in any scope: the token alone tells which. Undefined for an unknown token. */
export async function selectLinkTargets(database: Queryable, tokenHash: Uint8Array): Promise<LinkTargets | undefined> {
  const [row] = await database.query<LinkTargets>(
    `SELECT success_url AS "successUrl", failure_url AS "failureUrl" FROM custom_verification_links
     WHERE token_hash = $1`,
    [tokenHash],
  );
  return row;
}

/**
 * Records that the link was followed: verifies its address if the link was sent after `validSince`. Returns whether the
 * address is verified now. A link doesn't verify an identity that was created after the mail, because its owner may have
 * deleted the identity that the mail was about.
 */
export async function followCustomVerificationLink(
  database: Queryable,
  tokenHash: Uint8Array,
  { now, validSince }: { now: Date; validSince: Date },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE email_identities AS i SET proven_at = coalesce(i.proven_at, $2)
     FROM custom_verification_links AS l
     WHERE l.token_hash = $1 AND i.scope = l.scope AND i.name = l.address AND i.created_at <= l.sent_at
       AND (i.proven_at IS NOT NULL OR l.sent_at > $3)
     RETURNING 1`,
    [tokenHash, now, validSince],
  );
  return rows.length === 1;
}
