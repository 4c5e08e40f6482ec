/** The send_queue table: mail that waits to be delivered. See its migration for the states of a row. */
import { boolean, number, object, optional, string } from "valibot";
import { MalformedData, parseVersionedJson } from "../../common/parse-data.ts";
import type { Database, Queryable } from "./database.ts";

/** What is the same for all recipients of a message. */
export interface QueuedEnvelope {
  /** Where the message lies in the object store. */
  readonly location: { readonly key: string; readonly offset: number; readonly length: number };
  /** The identity under which the mail is sent: its DKIM key signs, its MAIL FROM domain is returned to. */
  readonly identity: string | undefined;
  /** The domain of the From header, lower case. */
  readonly fromDomain: string;
  readonly tenant: string | undefined;
  /** TlsPolicy REQUIRE of the configuration set. */
  readonly tlsRequired: boolean;
  /** How many recipients the message has in this queue: the bytes of one that has several are worth keeping at hand. */
  readonly recipients: number;
  /** What is tracked, and under which address; undefined for nothing. */
  readonly tracking: QueuedTracking | undefined;
}

/** How a message's opens and clicks are tracked. */
export interface QueuedTracking {
  readonly opens: boolean;
  readonly clicks: boolean;
  /** The URLs' beginnings, such as `https://mail.example.com`. */
  readonly openBase: string;
  readonly clickBase: string;
}

/** A message to one recipient, as it enters the queue. */
export interface NewQueuedMail {
  /** Undefined for mail of the server itself. */
  readonly messageId: string | undefined;
  readonly recipient: string;
  /** Its place among the message's recipients, from 0. */
  readonly recipientIndex: number;
  /** The recipient's domain in lower case. */
  readonly domain: string;
  readonly configurationSet: string | undefined;
  readonly sentAt: Date;
  readonly expiresAt: Date;
  readonly envelope: QueuedEnvelope;
}

/** A claimed row. */
export interface QueuedMail extends NewQueuedMail {
  readonly id: number;
  /** How often it was tried before. */
  readonly tries: number;
  /** What the last try failed by. */
  readonly lastStatus: string | undefined;
  readonly lastDiagnostic: string | undefined;
}

/** The layout of the envelope's JSON, in which it stands as `v`; a row without it is of version 1. */
const envelopeVersion = 1;

/** `QueuedEnvelope`, where what is undefined is left out. */
const storedEnvelope = object({
  location: object({ key: string(), offset: number(), length: number() }),
  identity: optional(string()),
  fromDomain: string(),
  tenant: optional(string()),
  tlsRequired: boolean(),
  recipients: number(),
  tracking: optional(object({ opens: boolean(), clicks: boolean(), openBase: string(), clickBase: string() })),
});

interface QueueRow extends Omit<QueuedMail, "envelope" | "messageId" | "configurationSet" | "lastStatus"> {
  messageId: string | null;
  configurationSet: string | null;
  envelope: string;
  lastStatus: string | null;
}

const columns = `q.id, q.message_id AS "messageId", q.recipient, q.recipient_index AS "recipientIndex", q.domain,
  q.configuration_set AS "configurationSet", q.sent_at AS "sentAt", q.expires_at AS "expiresAt", q.envelope, q.tries,
  q.last_status AS "lastStatus", q.last_diagnostic AS "lastDiagnostic"`;

/** Adds mail, ready to be claimed; in the transaction of the message's events. */
export async function insertQueued(transaction: Queryable, mail: readonly NewQueuedMail[]): Promise<void> {
  const rows = mail.map(({ envelope, sentAt, expiresAt, ...rest }) => ({
    ...rest,
    sentAt: sentAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    envelope: JSON.stringify({ v: envelopeVersion, ...envelope }),
  }));
  await transaction.query(
    `INSERT INTO send_queue (message_id, recipient, recipient_index, domain, configuration_set, sent_at, expires_at, envelope)
     SELECT "messageId", recipient, "recipientIndex", domain, "configurationSet", "sentAt", "expiresAt", envelope
     FROM json_to_recordset($1::text::json) AS mail ("messageId" text, recipient text, "recipientIndex" integer,
       domain text, "configurationSet" text, "sentAt" timestamptz, "expiresAt" timestamptz, envelope text)`,
    [JSON.stringify(rows)],
  );
}

/** Which rows a worker claims. */
export interface Claim {
  readonly worker: string;
  /** Domains after this one; empty for the beginning. Claims go round the domains, so that none waits for a large one. */
  readonly after: string;
  /** Domains to leave out. */
  readonly except: readonly string[];
  readonly domains: number;
  readonly perDomain: number;
  readonly total: number;
}

/** What a claim brings. */
export interface ClaimedMail {
  readonly mail: readonly QueuedMail[];
  /** Rows whose envelope can't be read here; none of them is lost: each waits, to be claimed again a quarter of an hour later. */
  readonly unreadable: readonly { readonly id: number; readonly error: MalformedData }[];
}

/**
 * Claims due rows, the oldest of each domain first. None while the account's sending is paused, or that of their
 * configuration set, or for a worker that is taken to be dead. Domains are found one index probe each, whatever the
 * number of rows behind them.
 */
export async function claimQueued(database: Database, claim: Claim): Promise<ClaimedMail> {
  const rows = await database.query<QueueRow>(
    `WITH RECURSIVE worker AS MATERIALIZED (
       -- Held until the claim is committed: a worker can't be buried and claim at the same time.
       SELECT id FROM queue_workers WHERE id = $1::uuid FOR KEY SHARE
     ),
     domains (domain) AS (
       SELECT (SELECT domain FROM send_queue WHERE state = 'due' AND domain > $2::text ORDER BY domain LIMIT 1)
       UNION ALL
       SELECT (SELECT domain FROM send_queue WHERE state = 'due' AND domain > domains.domain ORDER BY domain LIMIT 1)
       FROM domains WHERE domains.domain IS NOT NULL
     ),
     chosen AS MATERIALIZED (
       SELECT domain FROM domains WHERE domain IS NOT NULL AND domain <> ALL($3::text[]) LIMIT $4::integer
     ),
     picked AS MATERIALIZED (
       SELECT mail.id FROM worker CROSS JOIN chosen CROSS JOIN LATERAL (
         SELECT id FROM send_queue
         WHERE state = 'due' AND domain = chosen.domain
           AND NOT EXISTS (
             SELECT FROM configuration_sets AS sets
             WHERE sets.name = send_queue.configuration_set AND NOT sets.sending_enabled)
         ORDER BY id LIMIT $5::integer FOR UPDATE SKIP LOCKED
       ) AS mail
       WHERE (SELECT sending_enabled FROM account)
       LIMIT $6::integer
     )
     UPDATE send_queue AS q SET state = 'claimed', claimed_by = $1::uuid, due_at = NULL
     FROM picked WHERE q.id = picked.id
     RETURNING ${columns}`,
    [claim.worker, claim.after, claim.except, claim.domains, claim.perDomain, claim.total],
  );
  const mail: QueuedMail[] = [];
  const unreadable: { id: number; error: MalformedData }[] = [];
  for (const row of rows) {
    try {
      mail.push(mailOf(row));
    } catch (error) {
      if (!(error instanceof MalformedData)) throw error;
      unreadable.push({ id: row.id, error });
    }
  }
  for (const { id, error } of unreadable) await postponeUnreadable(database, claim.worker, id, error.message);
  return { mail: mail.sort((a, b) => a.id - b.id), unreadable };
}

/** Another process may be of the version that can read the row, or this one once it is upgraded. It is not a try. */
async function postponeUnreadable(database: Database, worker: string, id: number, reason: string): Promise<void> {
  await database.query(
    `UPDATE send_queue
     SET state = 'waiting', claimed_by = NULL, due_at = now() + interval '15 minutes', last_diagnostic = $3
     WHERE id = $2 AND state = 'claimed' AND claimed_by = $1::uuid`,
    [worker, id, reason],
  );
}

function mailOf({ messageId, configurationSet, envelope, lastStatus, lastDiagnostic, ...row }: QueueRow): QueuedMail {
  return {
    ...row,
    messageId: messageId ?? undefined,
    configurationSet: configurationSet ?? undefined,
    envelope: envelopeOf(envelope),
    lastStatus: lastStatus ?? undefined,
    lastDiagnostic: lastDiagnostic ?? undefined,
  };
}

function envelopeOf(text: string): QueuedEnvelope {
  const stored = parseVersionedJson(storedEnvelope, envelopeVersion, text, "the envelope of queued mail");
  return { ...stored, identity: stored.identity, tenant: stored.tenant, tracking: stored.tracking };
}

/** Makes rows due whose time has come; resolves to their number. */
export async function promoteQueued(database: Queryable, now: Date, limit: number): Promise<number> {
  const rows = await database.query(
    `UPDATE send_queue SET state = 'due', due_at = NULL
     WHERE id IN (
       SELECT id FROM send_queue WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1`,
    [now, limit],
  );
  return rows.length;
}

/** A row whose try has an outcome. */
export interface SettledMail {
  readonly id: number;
  /** Undefined: it is done with. Else it waits until `dueAt`, for what the try failed by. */
  readonly retry: { readonly dueAt: Date; readonly status: string; readonly diagnostic: string } | undefined;
}

/**
 * Takes settled rows off the queue, or lets them wait. Resolves to the ids of those that were still the worker's: one that
 * was taken to be dead has no say any more, and what it knows is not to be recorded.
 */
export async function settleQueued(
  transaction: Queryable,
  worker: string,
  settled: readonly SettledMail[],
): Promise<Set<number>> {
  const done = settled.filter(({ retry }) => retry === undefined).map(({ id }) => id);
  const later = settled.flatMap(({ id, retry }) => (retry ? [{ id, ...retry, dueAt: retry.dueAt.toISOString() }] : []));
  const rows = await transaction.query<{ id: number }>(
    `WITH gone AS (
       DELETE FROM send_queue WHERE id = ANY($2::bigint[]) AND state = 'claimed' AND claimed_by = $1::uuid RETURNING id
     ),
     postponed AS (
       UPDATE send_queue AS q
       SET state = 'waiting', claimed_by = NULL, due_at = later."dueAt", tries = tries + 1,
         last_status = later.status, last_diagnostic = later.diagnostic
       FROM json_to_recordset($3::text::json) AS later (id bigint, "dueAt" timestamptz, status text, diagnostic text)
       WHERE q.id = later.id AND q.state = 'claimed' AND q.claimed_by = $1::uuid
       RETURNING q.id
     )
     SELECT id FROM gone UNION ALL SELECT id FROM postponed`,
    [worker, done, JSON.stringify(later)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Gives claimed rows back untried. */
export async function releaseQueued(database: Queryable, worker: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await database.query(
    `UPDATE send_queue SET state = 'due', claimed_by = NULL
     WHERE id = ANY($2::bigint[]) AND state = 'claimed' AND claimed_by = $1`,
    [worker, ids],
  );
}

/** How many rows wait, by state. */
export async function countQueued(database: Queryable): Promise<{ due: number; waiting: number; claimed: number }> {
  const rows = await database.query<{ state: "due" | "waiting" | "claimed"; mail: number }>(
    "SELECT state, count(*) AS mail FROM send_queue GROUP BY state",
  );
  const of = (state: string) => rows.find((row) => row.state === state)?.mail ?? 0;
  return { due: of("due"), waiting: of("waiting"), claimed: of("claimed") };
}

/** What waits for a domain. */
export interface QueuedDomain {
  readonly domain: string;
  readonly due: number;
  readonly waiting: number;
  readonly claimed: number;
  /** When its mail was accepted that has waited longest. */
  readonly oldest: Date;
  /** When the first of those that wait is tried again; null where none waits. */
  readonly nextTry: Date | null;
  /** What a try failed by, of those that wait; null where none does. */
  readonly lastDiagnostic: string | null;
}

/** The domains that most mail waits for. */
export async function selectQueuedDomains(database: Queryable, limit: number): Promise<QueuedDomain[]> {
  return database.query<QueuedDomain>(
    `SELECT domain, count(*) FILTER (WHERE state = 'due') AS due, count(*) FILTER (WHERE state = 'waiting') AS waiting,
       count(*) FILTER (WHERE state = 'claimed') AS claimed, min(sent_at) AS oldest, min(due_at) AS "nextTry",
       max(last_diagnostic) FILTER (WHERE state = 'waiting') AS "lastDiagnostic"
     FROM send_queue GROUP BY domain ORDER BY count(*) DESC, domain LIMIT $1`,
    [limit],
  );
}
