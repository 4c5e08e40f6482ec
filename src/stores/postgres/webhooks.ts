/** The webhooks table: its migration describes the columns. Secrets are sealed by the callers. */
import type { Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import type { Scope } from "./scopes.ts";
import { webhookTarget } from "./target-name.ts";

/** How events are posted: as SNS posts them, or the bare event with a Standard Webhooks signature. */
export type Envelope = "sns" | "event";

/** SNS's SignatureVersion: 1 is SHA-1, 2 is SHA-256. */
export type SignatureVersion = "1" | "2";

/** What the owner of a webhook may change. */
export interface WebhookChoices {
  readonly url: string;
  readonly signatureVersion: SignatureVersion;
  /** Null: all mail. */
  readonly configurationSet: string | null;
  /** Names of published types. */
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
}

/** A row of webhooks. */
export interface StoredWebhook extends WebhookChoices {
  readonly id: string;
  /** The account and region. */
  readonly scope: number;
  /** Of the scope. */
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly envelope: Envelope;
  readonly disabledBecause: string | null;
  readonly confirmedAt: Date | null;
  readonly sealedSecret: Uint8Array | null;
  readonly sealedPreviousSecret: Uint8Array | null;
  readonly previousUntil: Date | null;
  readonly createdAt: Date;
}

/** What a new row has. */
export type NewWebhook = Pick<StoredWebhook, "id" | "name" | "envelope" | "sealedSecret" | "createdAt"> &
  Omit<WebhookChoices, "enabled">;

const columns = `webhooks.id, scope, account AS "accountId", region, name, url, envelope, signature_version AS "signatureVersion",
  configuration_set AS "configurationSet", event_types AS "eventTypes", enabled,
  disabled_because AS "disabledBecause", confirmed_at AS "confirmedAt", secret AS "sealedSecret",
  previous_secret AS "sealedPreviousSecret", previous_until AS "previousUntil", created_at AS "createdAt"`;

const rows = "webhooks JOIN scopes ON scopes.id = webhooks.scope";

/** The webhooks of a scope, by name. */
export async function selectWebhooks(database: ScopedQueryable): Promise<StoredWebhook[]> {
  return database.query<StoredWebhook>(`SELECT ${columns} FROM ${rows} WHERE scope = $1 ORDER BY name`, [
    database.scope,
  ]);
}

/** The webhooks of all scopes, for publishing. */
export async function selectWebhooksOfAllScopes(database: Queryable): Promise<StoredWebhook[]> {
  return database.query<StoredWebhook>(`SELECT ${columns} FROM ${rows} ORDER BY scope, name`);
}

/** The webhook with this ID; undefined if the scope has none. */
export async function selectWebhook(database: ScopedQueryable, id: string): Promise<StoredWebhook | undefined> {
  const [row] = await database.query<StoredWebhook>(
    `SELECT ${columns} FROM ${rows} WHERE webhooks.id = $1 AND scope = $2`,
    [id, database.scope],
  );
  return row;
}

/** The webhook with this ID, of any scope, for publishing. */
export async function selectWebhookOfAnyScope(database: Queryable, id: string): Promise<StoredWebhook | undefined> {
  const [row] = await database.query<StoredWebhook>(`SELECT ${columns} FROM ${rows} WHERE webhooks.id = $1`, [id]);
  return row;
}

/** What a topic ARN names. */
export interface TopicName extends Pick<Scope, "accountId" | "region"> {
  readonly name: string;
}

/** The webhook of a topic, of any scope. */
export async function selectWebhookByTopic(
  database: Queryable,
  { accountId, region, name }: TopicName,
): Promise<StoredWebhook | undefined> {
  const [row] = await database.query<StoredWebhook>(
    `SELECT ${columns} FROM ${rows} WHERE account = $1 AND region = $2 AND name = $3`,
    [accountId, region, name],
  );
  return row;
}

/**
 * Adds a webhook unless its name is taken or the scope has `limit` already. Concurrent calls may exceed the limit by a few:
 * it guards against runaway creation.
 */
export async function insertWebhook(
  database: ScopedQueryable,
  webhook: NewWebhook,
  limit: number,
): Promise<"created" | "exists" | "full"> {
  const created = await database.query(
    `INSERT INTO webhooks (id, name, url, envelope, signature_version, configuration_set, event_types, secret, created_at, scope)
     SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text[], $8::bytea, $9::timestamptz, $11::integer
     WHERE (SELECT count(*) FROM webhooks WHERE scope = $11::integer) < $10::bigint
     ON CONFLICT (scope, name) DO NOTHING RETURNING id`,
    [
      webhook.id,
      webhook.name,
      webhook.url,
      webhook.envelope,
      webhook.signatureVersion,
      webhook.configurationSet,
      webhook.eventTypes,
      webhook.sealedSecret,
      webhook.createdAt,
      limit,
      database.scope,
    ],
  );
  if (created.length > 0) return "created";
  const taken = await database.query("SELECT FROM webhooks WHERE scope = $1 AND name = $2", [
    database.scope,
    webhook.name,
  ]);
  return taken.length > 0 ? "exists" : "full";
}

/**
 * Stores all that the owner may change. Another URL must confirm its subscription anew. A webhook that is enabled again
 * has failed since then at the earliest. Resolves to the row; undefined if the scope has none.
 */
export async function updateWebhook(
  database: ScopedDatabase,
  id: string,
  choices: WebhookChoices,
): Promise<StoredWebhook | undefined> {
  return database.transaction(async (transaction) => {
    await transaction.query(
      `UPDATE publication_targets SET failing_since = NULL WHERE target = $2
       AND $3::boolean AND EXISTS (SELECT FROM webhooks WHERE id = $1::uuid AND scope = $4::integer AND NOT enabled)`,
      [id, webhookTarget(id), choices.enabled, transaction.scope],
    );
    const [row] = await transaction.query<StoredWebhook>(
      `UPDATE webhooks SET url = $2::text, signature_version = $3, configuration_set = $4, event_types = $5::text[],
         enabled = $6, disabled_because = CASE WHEN enabled = $6 THEN disabled_because END,
         confirmed_at = CASE WHEN url = $2::text THEN confirmed_at END
       FROM scopes WHERE scopes.id = webhooks.scope AND webhooks.id = $1 AND scope = $7 RETURNING ${columns}`,
      [
        id,
        choices.url,
        choices.signatureVersion,
        choices.configurationSet,
        choices.eventTypes,
        choices.enabled,
        transaction.scope,
      ],
    );
    return row;
  });
}

/** Deletes a webhook with its log and its status; returns whether the scope had it. */
export async function deleteWebhook(database: ScopedDatabase, id: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const deleted = await transaction.query("DELETE FROM webhooks WHERE id = $1 AND scope = $2 RETURNING id", [
      id,
      transaction.scope,
    ]);
    if (deleted.length === 0) return false;
    await transaction.query("DELETE FROM publication_targets WHERE target = $1", [webhookTarget(id)]);
    return true;
  });
}

/**
 * Replaces the secret. The one before stays valid until `previousUntil`; an older one does not. Returns whether the
 * scope has the webhook.
 */
export async function rotateWebhookSecret(
  database: ScopedQueryable,
  id: string,
  { sealedSecret, previousUntil }: { sealedSecret: Uint8Array; previousUntil: Date },
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE webhooks SET secret = $2, previous_secret = secret, previous_until = $3
     WHERE id = $1 AND scope = $4 RETURNING id`,
    [id, sealedSecret, previousUntil, database.scope],
  );
  return rows.length > 0;
}

/** Records that the receiver has confirmed the subscription, unless it had before. The caller has found the webhook. */
export async function confirmWebhook(database: Queryable, id: string, now: Date): Promise<void> {
  await database.query("UPDATE webhooks SET confirmed_at = coalesce(confirmed_at, $2) WHERE id = $1", [id, now]);
}

/** Disables a webhook and says why; returns whether it was enabled. The caller has found the webhook. */
export async function disableWebhook(database: Queryable, id: string, because: string): Promise<boolean> {
  const rows = await database.query(
    "UPDATE webhooks SET enabled = false, disabled_because = $2 WHERE id = $1 AND enabled RETURNING id",
    [id, because],
  );
  return rows.length > 0;
}
