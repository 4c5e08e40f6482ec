/** The configuration_sets table: its migration describes the columns. */
import type {
  DeliveryOptions,
  SigningScheme,
  SuppressionOptions,
  Tag,
  TrackingOptions,
  VdmOptions,
} from "@aws-sdk/client-sesv2";
import { type GenericSchema, nullable } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { Queryable, ScopedQueryable } from "./database.ts";
import {
  storedDeliveryOptions,
  storedSigningScheme,
  storedSuppressionOptions,
  storedTags,
  storedTrackingOptions,
  storedVdmOptions,
} from "./stored-options.ts";

/** A configuration set. Options that were not given are null. */
export interface ConfigurationSet {
  name: string;
  sendingEnabled: boolean;
  reputationMetricsEnabled: boolean;
  lastFreshStart: Date | null;
  trackingOptions: TrackingOptions | null;
  deliveryOptions: DeliveryOptions | null;
  suppressionOptions: SuppressionOptions | null;
  vdmOptions: VdmOptions | null;
  signingScheme: SigningScheme | null;
  /** The ID of the archive of its mail. */
  archive: string | null;
  tags: Tag[];
}

/** The result of adding a named row: added, the name is taken, or the limit is reached. */
export type InsertOutcome = "created" | "exists" | "full";

const json = (value: object | null) => (value === null ? null : JSON.stringify(value));

/**
 * Adds a configuration set unless its name is taken or there are `limit` already. Of concurrent calls with the same
 * name, one creates it. Concurrent calls with different names may exceed the limit by a few: it guards against runaway
 * creation, which doesn't justify a lock.
 */
export async function insertConfigurationSet(
  database: ScopedQueryable,
  set: ConfigurationSet,
  limit: number,
): Promise<InsertOutcome> {
  const [row] = await database.query<{ outcome: InsertOutcome }>(
    // A row that a concurrent transaction adds prevents the insert but isn't in this statement's snapshot: hence the
    // last branch.
    `WITH room AS (SELECT count(*) < $13::bigint AS free FROM configuration_sets WHERE scope = $1::integer),
     created AS (
       INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, last_fresh_start,
         tracking_options, delivery_options, suppression_options, vdm_options, tags, signing_scheme, archive)
       SELECT $1::integer, $2::text, $3::boolean, $4::boolean, $5::timestamptz,
         $6::text::jsonb, $7::text::jsonb, $8::text::jsonb, $9::text::jsonb, $10::text::jsonb,
         $11::text::jsonb, $12::text
       FROM room WHERE free
       ON CONFLICT (scope, name) DO NOTHING RETURNING name
     )
     SELECT CASE
       WHEN EXISTS (SELECT FROM created) THEN 'created'
       WHEN EXISTS (SELECT FROM configuration_sets WHERE scope = $1::integer AND name = $2::text) THEN 'exists'
       WHEN NOT (SELECT free FROM room) THEN 'full'
       ELSE 'exists' END AS outcome`,
    [
      database.scope,
      set.name,
      set.sendingEnabled,
      set.reputationMetricsEnabled,
      set.lastFreshStart,
      json(set.trackingOptions),
      json(set.deliveryOptions),
      json(set.suppressionOptions),
      json(set.vdmOptions),
      json(set.tags),
      json(set.signingScheme),
      set.archive,
      limit,
    ],
  );
  if (!row) throw new Error("Inserting a configuration set returned no outcome");
  return row.outcome;
}

/** The configuration set with this name; undefined if there is none. */
export async function selectConfigurationSet(
  database: ScopedQueryable,
  name: string,
): Promise<ConfigurationSet | undefined> {
  const [row] = await database.query<StoredConfigurationSet>(
    `SELECT name, sending_enabled AS "sendingEnabled", reputation_metrics_enabled AS "reputationMetricsEnabled",
       last_fresh_start AS "lastFreshStart", tracking_options AS "trackingOptions",
       delivery_options AS "deliveryOptions", suppression_options AS "suppressionOptions",
       vdm_options AS "vdmOptions", signing_scheme AS "signingScheme", archive, tags
     FROM configuration_sets WHERE scope = $1 AND name = $2`,
    [database.scope, name],
  );
  return row && { ...row, ...optionsOf(row) };
}

/** The options are as they were stored. */
type StoredConfigurationSet = Pick<
  ConfigurationSet,
  "name" | "sendingEnabled" | "reputationMetricsEnabled" | "lastFreshStart" | "archive"
> & {
  readonly [Option in
    | "trackingOptions"
    | "deliveryOptions"
    | "suppressionOptions"
    | "vdmOptions"
    | "signingScheme"
    | "tags"]: unknown;
};

function optionsOf(row: StoredConfigurationSet) {
  const read = <const Schema extends GenericSchema>(schema: Schema, options: unknown, name: string) =>
    parseData(schema, options, `${name} of the configuration set ${row.name}`);
  return {
    trackingOptions: read(nullable(storedTrackingOptions), row.trackingOptions, "TrackingOptions"),
    deliveryOptions: read(nullable(storedDeliveryOptions), row.deliveryOptions, "DeliveryOptions"),
    suppressionOptions: read(nullable(storedSuppressionOptions), row.suppressionOptions, "SuppressionOptions"),
    vdmOptions: read(nullable(storedVdmOptions), row.vdmOptions, "VdmOptions"),
    signingScheme: read(nullable(storedSigningScheme), row.signingScheme, "SigningScheme"),
    tags: read(storedTags, row.tags, "Tags"),
  };
}

/** The range and filter of a page of names. */
export interface NamePage {
  /** Return names after this one in byte order; empty for the first page. */
  after: string;
  /** Return names that contain this lower-case text, ignoring case; empty for all. */
  contains: string;
  limit: number;
}

/** The names of configuration sets in byte order. */
export async function selectConfigurationSetNames(database: ScopedQueryable, page: NamePage): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM configuration_sets
     WHERE scope = $1 AND name > $2::text AND ($3::text = '' OR strpos(lower(name), $3::text) > 0)
     ORDER BY name LIMIT $4::integer`,
    [database.scope, page.after, page.contains, page.limit],
  );
  return rows.map((row) => row.name);
}

/** Enables or pauses sending with the configuration set; tells whether it changed, or doesn't exist. */
export async function updateConfigurationSetSending(
  database: ScopedQueryable,
  name: string,
  enabled: boolean,
): Promise<"changed" | "unchanged" | "missing"> {
  const [row] = await database.query<{ changed: boolean }>(
    `WITH found AS (SELECT scope, name, sending_enabled FROM configuration_sets WHERE scope = $1 AND name = $2 FOR UPDATE)
     UPDATE configuration_sets AS sets SET sending_enabled = $3 FROM found
     WHERE sets.scope = found.scope AND sets.name = found.name
     RETURNING found.sending_enabled <> $3 AS changed`,
    [database.scope, name, enabled],
  );
  if (!row) return "missing";
  return row.changed ? "changed" : "unchanged";
}

/** Turns reputation metrics of the configuration set on or off; false if the set doesn't exist. */
export async function updateConfigurationSetReputation(
  database: ScopedQueryable,
  name: string,
  enabled: boolean,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE configuration_sets SET reputation_metrics_enabled = $3 WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, enabled],
  );
  return rows.length === 1;
}

/** The configuration sets of all scopes whose reputation metrics are off. */
export async function selectSetsWithoutReputation(database: Queryable): Promise<{ scope: number; name: string }[]> {
  return database.query("SELECT scope, name FROM configuration_sets WHERE NOT reputation_metrics_enabled");
}

/** Replaces the Virtual Deliverability Manager options, null for none; false if the set doesn't exist. */
export async function updateConfigurationSetVdm(
  database: ScopedQueryable,
  name: string,
  options: VdmOptions | null,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE configuration_sets SET vdm_options = $3::text::jsonb WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, json(options)],
  );
  return rows.length === 1;
}

/** Sets the signing scheme, unless it is null; false if the set doesn't exist. */
export async function updateConfigurationSetSigning(
  database: ScopedQueryable,
  name: string,
  scheme: SigningScheme | null,
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE configuration_sets SET signing_scheme = coalesce($3::text::jsonb, signing_scheme)
     WHERE scope = $1 AND name = $2 RETURNING 1`,
    [database.scope, name, json(scheme)],
  );
  return rows.length === 1;
}

/** Replaces the delivery options, null for none; false if the set doesn't exist. */
export async function updateConfigurationSetDelivery(
  database: ScopedQueryable,
  name: string,
  options: DeliveryOptions | null,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE configuration_sets SET delivery_options = $3::text::jsonb WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, json(options)],
  );
  return rows.length === 1;
}

/** Replaces the tracking options, null for none; false if the set doesn't exist. */
export async function updateConfigurationSetTracking(
  database: ScopedQueryable,
  name: string,
  options: TrackingOptions | null,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE configuration_sets SET tracking_options = $3::text::jsonb WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, json(options)],
  );
  return rows.length === 1;
}

/**
 * Replaces the tracking options, null for none, of a configuration set that has some (`had`) or has none; tells whether it
 * did, whether the set has others than that (`unmet`), or doesn't exist.
 */
export async function replaceConfigurationSetTracking(
  database: ScopedQueryable,
  name: string,
  change: { had: boolean; options: TrackingOptions | null },
): Promise<"changed" | "unmet" | "missing"> {
  const [row] = await database.query<{ had: boolean }>(
    `WITH found AS (
       SELECT scope, name, tracking_options IS NOT NULL AS had FROM configuration_sets
       WHERE scope = $1 AND name = $2 FOR UPDATE
     ), changed AS (
       UPDATE configuration_sets AS sets SET tracking_options = $3::text::jsonb FROM found
       WHERE sets.scope = found.scope AND sets.name = found.name AND found.had = $4
     )
     SELECT had FROM found`,
    [database.scope, name, json(change.options), change.had],
  );
  if (!row) return "missing";
  return row.had === change.had ? "changed" : "unmet";
}

/** Replaces the suppression options, null for none; false if the set doesn't exist. */
export async function updateConfigurationSetSuppression(
  database: ScopedQueryable,
  name: string,
  options: SuppressionOptions | null,
): Promise<boolean> {
  const rows = await database.query(
    "UPDATE configuration_sets SET suppression_options = $3::text::jsonb WHERE scope = $1 AND name = $2 RETURNING 1",
    [database.scope, name, json(options)],
  );
  return rows.length === 1;
}

/** Deletes a configuration set; false if it doesn't exist. */
export async function deleteConfigurationSet(database: ScopedQueryable, name: string): Promise<boolean> {
  const rows = await database.query("DELETE FROM configuration_sets WHERE scope = $1 AND name = $2 RETURNING 1", [
    database.scope,
    name,
  ]);
  return rows.length === 1;
}
