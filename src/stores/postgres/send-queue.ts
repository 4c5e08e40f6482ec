/** The send_queue table: mail to be delivered. Its migration describes the states of a row. */
import { boolean, number, object, optional, string } from "valibot";
import { MalformedData, parseVersionedJson } from "../../common/parse-data.ts";
import type { Database, Queryable } from "./database.ts";
import { isPaused, pauseQueued } from "./paused-mail.ts";
import { isOutsideLanes } from "./send-lanes.ts";

/** The part of a row that all recipients of a message share. */
export interface QueuedEnvelope {
  /** Where the object store has the message. */
  readonly location: { readonly key: string; readonly offset: number; readonly length: number };
  /** The sending identity: its DKIM key signs, its MAIL FROM domain is the return path's. */
  readonly identity: string | undefined;
  /** The scope of the identity if it is not the mail's. */
  readonly identityScope?: number | undefined;
  /** The domain of the From header in lower case. */
  readonly fromDomain: string;
  readonly tenant: string | undefined;
  /** Whether the configuration set's TlsPolicy is REQUIRE. */
  readonly tlsRequired: boolean;
  /** The message's number of recipients in this queue: if there are several, its bytes are worth caching. */
  readonly recipients: number;
  /** What is tracked, and with which base URLs; undefined for nothing. */
  readonly tracking: QueuedTracking | undefined;
  /** The address whose S/MIME certificate signs the mail, if it has one; undefined for no signature. */
  readonly smimeSender?: string | undefined;
}

export interface QueuedTracking {
  readonly opens: boolean;
  readonly clicks: boolean;
  /** Base URLs such as `https://mail.example.com`. */
  readonly openBase: string;
  readonly clickBase: string;
}

/** A message to one recipient, to be queued. */
export interface NewQueuedMail {
  /** The account and region. */
  readonly scope: number;
  /** Undefined for mail that the server itself sends. */
  readonly messageId: string | undefined;
  readonly recipient: string;
  /** The recipient's index in the message, from 0. */
  readonly recipientIndex: number;
  /** The recipient's domain in lower case. */
  readonly domain: string;
  readonly configurationSet: string | undefined;
  readonly sentAt: Date;
  readonly expiresAt: Date;
  readonly envelope: QueuedEnvelope;
}

export interface QueuedMail extends NewQueuedMail {
  readonly id: number;
  /** The number of earlier attempts. */
  readonly tries: number;
  /** Why the last attempt failed. */
  readonly lastStatus: string | undefined;
  readonly lastDiagnostic: string | undefined;
}

/** The layout of the envelope's JSON, in which it stands as `v`; a row without it is of version 1. */
const envelopeVersion = 1;

/** `QueuedEnvelope`, where what is undefined is left out. */
const storedEnvelope = object({
  location: object({ key: string(), offset: number(), length: number() }),
  identity: optional(string()),
  identityScope: optional(number()),
  fromDomain: string(),
  tenant: optional(string()),
  tlsRequired: boolean(),
  recipients: number(),
  tracking: optional(object({ opens: boolean(), clicks: boolean(), openBase: string(), clickBase: string() })),
  smimeSender: optional(string()),
});

interface QueueRow extends Omit<QueuedMail, "envelope" | "messageId" | "configurationSet" | "lastStatus"> {
  messageId: string | null;
  configurationSet: string | null;
  envelope: string;
  lastStatus: string | null;
}

const columns = `q.id, q.scope, q.message_id AS "messageId", q.recipient, q.recipient_index AS "recipientIndex", q.domain,
  q.configuration_set AS "configurationSet", q.sent_at AS "sentAt", q.expires_at AS "expiresAt", q.envelope, q.tries,
  q.last_status AS "lastStatus", q.last_diagnostic AS "lastDiagnostic"`;

/** Adds due mail, in the transaction of the message's events. */
export async function insertQueued(transaction: Queryable, mail: readonly NewQueuedMail[]): Promise<void> {
  const rows = mail.map(({ envelope, sentAt, expiresAt, ...rest }) => ({
    ...rest,
    sentAt: sentAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    tenant: envelope.tenant,
    envelope: JSON.stringify({ v: envelopeVersion, ...envelope }),
  }));
  await transaction.query(
    `INSERT INTO send_queue (scope, message_id, recipient, recipient_index, domain, configuration_set, tenant, sent_at, expires_at, envelope)
     SELECT scope, "messageId", recipient, "recipientIndex", domain, "configurationSet", tenant, "sentAt", "expiresAt", envelope
     FROM json_to_recordset($1::text::json) AS mail (scope integer, "messageId" text, recipient text, "recipientIndex" integer,
       domain text, "configurationSet" text, tenant text, "sentAt" timestamptz, "expiresAt" timestamptz, envelope text)`,
    [JSON.stringify(rows)],
  );
}

/** Selects the rows that a worker claims. */
export interface Claim {
  readonly worker: string;
  /** Start after this domain; empty for the first. Claims rotate through the domains, so no large one delays others. */
  readonly after: string;
  /** Domains to skip. */
  readonly except: readonly string[];
  /** Mail to skip, by the names of `send-lanes.ts`. */
  readonly exceptLanes?: readonly string[];
  readonly domains: number;
  readonly perDomain: number;
  readonly total: number;
}

/** What a claim brings. */
export interface ClaimedMail {
  readonly mail: readonly QueuedMail[];
  /** Rows whose envelope can't be read here; none of them is lost: each waits, to be claimed again a quarter of an hour later. */
  readonly unreadable: readonly { readonly id: number; readonly error: MalformedData }[];
  /** The number of rows that were set aside, because sending is paused for their account, configuration set or tenant. */
  readonly paused: number;
  /** The domain after which the next claim starts; empty if this claim reached the last one. */
  readonly next: string;
}

/**
 * Claims due rows of all scopes, the oldest of each domain first. Claims nothing while sending is paused for all
 * accounts, or if the worker was declared dead. Rows whose account, configuration set or tenant is paused are set aside
 * instead: they count for the limits, and no later claim meets them. Finds each domain with one index probe, regardless of its
 * number of rows.
 */
export async function claimQueued(database: Database, claim: Claim): Promise<ClaimedMail> {
  const rows = await database.query<QueueRow & { paused: boolean }>(
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
       SELECT domain FROM domains WHERE domain IS NOT NULL AND domain <> ALL($3::text[])
         -- A domain that brings no rows would take the place of another.
         AND (cardinality($7::text[]) = 0 OR EXISTS (
           SELECT FROM send_queue WHERE state = 'due' AND send_queue.domain = domains.domain AND ${isOutsideLanes("$7")}))
       LIMIT $4::integer
     ),
     picked AS MATERIALIZED (
       SELECT mail.id, ${isPaused("mail")} AS paused FROM worker CROSS JOIN chosen CROSS JOIN LATERAL (
         SELECT id, scope, configuration_set, tenant FROM send_queue
         WHERE state = 'due' AND domain = chosen.domain AND ${isOutsideLanes("$7")}
         ORDER BY id LIMIT $5::integer FOR UPDATE SKIP LOCKED
       ) AS mail
       WHERE EXISTS (SELECT FROM account WHERE sending_enabled)
       LIMIT $6::integer
     )
     UPDATE send_queue AS q SET due_at = NULL, state = CASE WHEN paused THEN 'paused' ELSE 'claimed' END,
       claimed_by = CASE WHEN paused THEN NULL ELSE $1::uuid END
     FROM picked WHERE q.id = picked.id
     RETURNING ${columns}, paused`,
    [claim.worker, claim.after, claim.except, claim.domains, claim.perDomain, claim.total, claim.exceptLanes ?? []],
  );
  const mail: QueuedMail[] = [];
  const unreadable: { id: number; error: MalformedData }[] = [];
  const pausedDomains = new Set<string>();
  let pausedRows = 0;
  for (const { paused, ...row } of rows) {
    if (paused) {
      pausedDomains.add(row.domain);
      pausedRows++;
      continue;
    }
    try {
      mail.push(mailOf(row));
    } catch (error) {
      if (!(error instanceof MalformedData)) throw error;
      unreadable.push({ id: row.id, error });
    }
  }
  for (const { id, error } of unreadable) await postponeUnreadable(database, claim.worker, id, error.message);
  if (pausedRows > 0) pausedRows += await pauseQueued(database, [...pausedDomains]);
  const domains = [...new Set(rows.map(({ domain }) => domain))].sort();
  const more = rows.length >= claim.total || domains.length >= claim.domains;
  return {
    mail: mail.sort((a, b) => a.id - b.id),
    unreadable,
    paused: pausedRows,
    next: more ? (domains.at(-1) ?? "") : "",
  };
}

/** How long a row waits that this version can't read, in seconds. */
export const unreadableWaitSeconds = 15 * 60;

/** Another process may be of the version that can read the row, or this one once it is upgraded. It is not a try. */
async function postponeUnreadable(database: Database, worker: string, id: number, reason: string): Promise<void> {
  await database.query(
    `UPDATE send_queue
     SET state = 'waiting', claimed_by = NULL, due_at = now() + make_interval(secs => $4), last_diagnostic = $3
     WHERE id = $2 AND state = 'claimed' AND claimed_by = $1::uuid`,
    [worker, id, reason, unreadableWaitSeconds],
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

/** Which waiting rows become due. */
export interface Promotion {
  readonly now: Date;
  /** No row waits longer than this, in milliseconds. One that does was given its time before the clock was set back. */
  readonly longestMs: number;
  /** The maximum number of rows. */
  readonly limit: number;
}

/** Makes waiting rows due once their time has come; returns their number. */
export async function promoteQueued(database: Queryable, { now, longestMs, limit }: Promotion): Promise<number> {
  const rows = await database.query(
    `UPDATE send_queue SET state = 'due', due_at = NULL
     WHERE id IN (
       SELECT id FROM send_queue WHERE state = 'waiting' AND (due_at <= $1 OR due_at > $2)
       ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING 1`,
    [now, new Date(now.getTime() + longestMs), limit],
  );
  return rows.length;
}

/** The outcome of a row's attempt. */
export interface SettledMail {
  readonly id: number;
  /** Undefined if the row is done. Otherwise it waits until `dueAt`; `status` and `diagnostic` are the failure's. */
  readonly retry: { readonly dueAt: Date; readonly status: string; readonly diagnostic: string } | undefined;
}

/**
 * Deletes or postpones settled rows. Returns the IDs of those that the worker still had claimed: a worker that was
 * declared dead has lost its claims, and its outcomes must not be recorded.
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

/** Releases claimed rows without an attempt. */
export async function releaseQueued(database: Queryable, worker: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await database.query(
    `UPDATE send_queue SET state = 'due', claimed_by = NULL
     WHERE id = ANY($2::bigint[]) AND state = 'claimed' AND claimed_by = $1`,
    [worker, ids],
  );
}

/** PGlite has no autovacuum: without this, claims pass over the index entries of all rows that were ever due. */
export async function vacuumQueue(database: Queryable): Promise<void> {
  await database.query("VACUUM send_queue");
}
