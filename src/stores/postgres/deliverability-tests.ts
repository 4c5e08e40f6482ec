/** The tables deliverability_tests and deliverability_test_mails: their migration describes the columns. */
import type { Tag } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import { storedTags } from "./stored-options.ts";

export type Placement = "inbox" | "junk" | "missing" | "unknown";

/** An inbox placement test. */
export interface DeliverabilityTest {
  readonly id: string;
  readonly name: string | null;
  readonly subject: string | null;
  readonly fromAddress: string;
  readonly createdAt: Date;
  readonly dueAt: Date;
  /** Null while it is in progress. */
  readonly completedAt: Date | null;
  readonly tags: Tag[];
}

/** A test as listed; `position` increases with each test. */
export type ListedTest = Omit<DeliverabilityTest, "tags"> & { readonly position: number };

/** The message of a test to one seed mailbox. */
export interface TestMail {
  readonly address: string;
  readonly isp: string;
  readonly messageId: string;
  /** Null: not known yet. */
  readonly placement: Placement | null;
  readonly folder: string | null;
  readonly spf: boolean | null;
  readonly dkim: boolean | null;
  readonly note: string | null;
  readonly concludedAt: Date | null;
}

export interface NewTestMail extends Pick<TestMail, "address" | "isp" | "messageId"> {
  /** The ID of the seed mailbox. */
  readonly seed: string;
}

/** A mail that is still looked for. */
export interface OpenTestMail extends Pick<TestMail, "address" | "messageId"> {
  readonly test: string;
  readonly scope: number;
  readonly region: string;
  /** The ID of the seed mailbox; null if it was deleted. */
  readonly seed: string | null;
  readonly dueAt: Date;
}

/** What became of a mail. */
export type Conclusion = Pick<TestMail, "folder" | "spf" | "dkim" | "note"> & { readonly placement: Placement };

const listed = `id, position, name, subject, from_address AS "fromAddress", created_at AS "createdAt", due_at AS "dueAt",
  completed_at AS "completedAt"`;

/** Adds a test with its mail, unless `limit` tests of the scope are in progress; resolves to whether it was added. */
export async function insertTest(
  database: ScopedDatabase,
  test: Omit<DeliverabilityTest, "completedAt">,
  mails: readonly NewTestMail[],
  limit: number,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    // Otherwise two concurrent calls could both take the last place.
    await transaction.query("SELECT pg_advisory_xact_lock(hashtext('deliverability_tests'))");
    const added = await transaction.query(
      `INSERT INTO deliverability_tests (scope, id, name, subject, from_address, created_at, due_at, tags)
       SELECT $1::integer, $2::text, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8::text::jsonb
       WHERE (SELECT count(*) FROM deliverability_tests WHERE scope = $1::integer AND completed_at IS NULL) < $9::bigint
       RETURNING id`,
      [
        ...[transaction.scope, test.id, test.name, test.subject, test.fromAddress],
        ...[test.createdAt, test.dueAt, JSON.stringify(test.tags), limit],
      ],
    );
    if (added.length === 0) return false;
    await transaction.query(
      `INSERT INTO deliverability_test_mails (test, address, seed, isp, message_id)
       SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[])`,
      [
        test.id,
        mails.map(({ address }) => address),
        mails.map(({ seed }) => seed),
        mails.map(({ isp }) => isp),
        mails.map(({ messageId }) => messageId),
      ],
    );
    return true;
  });
}

/** Deletes a test whose mail was not sent. */
export async function deleteTest(database: ScopedQueryable, id: string): Promise<void> {
  await database.query("DELETE FROM deliverability_tests WHERE scope = $1 AND id = $2", [database.scope, id]);
}

/** A test of the scope, with its mail ordered by address; undefined if there is none with this ID. */
export async function selectTest(
  database: ScopedQueryable,
  id: string,
): Promise<{ readonly test: DeliverabilityTest; readonly mails: readonly TestMail[] } | undefined> {
  const [row] = await database.query<ListedTest & { tags: unknown }>(
    `SELECT ${listed}, tags FROM deliverability_tests WHERE scope = $1 AND id = $2`,
    [database.scope, id],
  );
  if (!row) return undefined;
  const mails = await database.query<TestMail>(
    `SELECT address, isp, message_id AS "messageId", placement, folder, spf, dkim, note, concluded_at AS "concludedAt"
     FROM deliverability_test_mails WHERE test = $1 ORDER BY address`,
    [id],
  );
  return { test: { ...row, tags: parseData(storedTags, row.tags, `the tags of the test report ${id}`) }, mails };
}

/** The tests of the scope, newest first; `before` is the position of the last one on the previous page. */
export async function selectTests(
  database: ScopedQueryable,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<ListedTest[]> {
  return database.query<ListedTest>(
    `SELECT ${listed} FROM deliverability_tests
     WHERE scope = $1 AND ($2::bigint IS NULL OR position < $2::bigint) ORDER BY position DESC LIMIT $3`,
    [database.scope, before ?? null, limit],
  );
}

/** The mail of all scopes that is still looked for, oldest first, up to `limitPerSeed` for each mailbox. */
export async function selectOpenMails(database: Queryable, limitPerSeed: number): Promise<OpenTestMail[]> {
  return database.query<OpenTestMail>(
    `SELECT test, address, "messageId", seed, scope, region, "dueAt" FROM (
       SELECT mail.test, mail.address, mail.message_id AS "messageId", mail.seed, test.scope, scopes.region,
         test.due_at AS "dueAt", row_number() OVER (PARTITION BY mail.seed ORDER BY test.position) AS number
       FROM deliverability_test_mails mail JOIN deliverability_tests test ON test.id = mail.test
         JOIN scopes ON scopes.id = test.scope
       WHERE mail.placement IS NULL AND scopes.retired_at IS NULL) AS open
     WHERE number <= $1 ORDER BY "messageId"`,
    [limitPerSeed],
  );
}

/** Stores what became of a mail, unless that is known already; resolves to whether it was stored. */
export async function concludeMail(
  database: Queryable,
  { test, address }: Pick<OpenTestMail, "test" | "address">,
  { placement, folder, spf, dkim, note }: Conclusion,
  now: Date,
): Promise<boolean> {
  const changed = await database.query(
    `UPDATE deliverability_test_mails
     SET placement = $3, folder = $4, spf = $5, dkim = $6, note = $7, concluded_at = $8
     WHERE test = $1 AND address = $2 AND placement IS NULL RETURNING test`,
    [test, address, placement, folder, spf, dkim, note, now],
  );
  return changed.length > 0;
}

/** Notes how the latest search of a mailbox went for the mail that is looked for there; null: well. */
export async function noteSearch(database: Queryable, seed: string, note: string | null): Promise<void> {
  await database.query(
    `UPDATE deliverability_test_mails SET note = $2
     WHERE seed = $1::uuid AND placement IS NULL AND note IS DISTINCT FROM $2`,
    [seed, note],
  );
}

/** Completes the tests of which the placement of all mail is known. */
export async function completeTests(database: Queryable, now: Date): Promise<void> {
  await database.query(
    `UPDATE deliverability_tests SET completed_at = $1 WHERE completed_at IS NULL AND NOT EXISTS (
       SELECT FROM deliverability_test_mails WHERE test = deliverability_tests.id AND placement IS NULL)`,
    [now],
  );
}

/** Deletes the tests that were completed before the given time. */
export async function deleteOldTests(database: Queryable, before: Date): Promise<void> {
  await database.query("DELETE FROM deliverability_tests WHERE completed_at < $1", [before]);
}
