/** The table mirror_sources: its migration describes the columns. Callers seal the secrets. */
import type { Queryable } from "./database.ts";

/** A row of mirror_sources. */
export interface StoredMirrorSource extends MirrorSourceChoices {
  readonly id: string;
  readonly name: string;
  readonly kind: "sqs" | "sns" | "firehose" | "s3" | "eventbridge";
  readonly sealedSecret: Uint8Array | null;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly validatedAt: Date | null;
  readonly receivedAt: Date | null;
  readonly eventAt: Date | null;
  readonly error: string | null;
  readonly errorAt: Date | null;
  readonly waiting: number | null;
  readonly dropped: number;
}

/** The columns that the operator can change. */
export interface MirrorSourceChoices {
  readonly enabled: boolean;
  /** Not empty. */
  readonly accounts: readonly string[];
  readonly region: string;
  /** JSON, encoded by the callers. */
  readonly settings: string;
  readonly suppresses: boolean;
  readonly silenceSeconds: number | null;
}

export type NewMirrorSource = MirrorSourceChoices &
  Pick<StoredMirrorSource, "id" | "name" | "kind" | "sealedSecret" | "createdAt">;

const columns = `id, name, kind, enabled, accounts, region, settings, secret AS "sealedSecret", suppresses,
  silence_seconds AS "silenceSeconds", created_at AS "createdAt", confirmed_at AS "confirmedAt",
  validated_at AS "validatedAt", received_at AS "receivedAt", event_at AS "eventAt", error, error_at AS "errorAt",
  waiting, dropped`;

/** All sources, ordered by name. */
export async function selectMirrorSources(database: Queryable): Promise<StoredMirrorSource[]> {
  return database.query<StoredMirrorSource>(`SELECT ${columns} FROM mirror_sources ORDER BY name`);
}

/** @param id a UUID */
export async function selectMirrorSource(database: Queryable, id: string): Promise<StoredMirrorSource | undefined> {
  const [row] = await database.query<StoredMirrorSource>(`SELECT ${columns} FROM mirror_sources WHERE id = $1::uuid`, [
    id,
  ]);
  return row;
}

/** Adds a source unless its name is taken or there are `limit` already. Concurrent calls may exceed the limit by a few. */
export async function insertMirrorSource(
  database: Queryable,
  source: NewMirrorSource,
  limit: number,
): Promise<"created" | "exists" | "full"> {
  const created = await database.query(
    `INSERT INTO mirror_sources (id, name, kind, enabled, accounts, region, settings, secret, suppresses, silence_seconds, created_at)
     SELECT $1::uuid, $2::text, $3::text, $4::boolean, $5::text[], $6::text, $7::text, $8::bytea, $9::boolean, $10::integer, $11::timestamptz
     WHERE (SELECT count(*) FROM mirror_sources) < $12::bigint
     ON CONFLICT (name) DO NOTHING RETURNING id`,
    [
      source.id,
      source.name,
      source.kind,
      source.enabled,
      source.accounts,
      source.region,
      source.settings,
      source.sealedSecret,
      source.suppresses,
      source.silenceSeconds,
      source.createdAt,
      limit,
    ],
  );
  if (created.length > 0) return "created";
  const taken = await database.query("SELECT FROM mirror_sources WHERE name = $1", [source.name]);
  return taken.length > 0 ? "exists" : "full";
}

/** Changes a source; resolves to false if no source has this ID. */
export async function updateMirrorSource(
  database: Queryable,
  id: string,
  { enabled, accounts, region, settings, suppresses, silenceSeconds }: MirrorSourceChoices,
): Promise<boolean> {
  const changed = await database.query(
    `UPDATE mirror_sources SET enabled = $2, accounts = $3, region = $4, settings = $5, suppresses = $6, silence_seconds = $7
     WHERE id = $1::uuid RETURNING id`,
    [id, enabled, accounts, region, settings, suppresses, silenceSeconds],
  );
  return changed.length > 0;
}

/** Replaces the secret of a source; resolves to false if no source has this ID. */
export async function updateMirrorSecret(database: Queryable, id: string, sealedSecret: Uint8Array): Promise<boolean> {
  const changed = await database.query("UPDATE mirror_sources SET secret = $2 WHERE id = $1::uuid RETURNING id", [
    id,
    sealedSecret,
  ]);
  return changed.length > 0;
}

/** Deletes a source with its set-aside records, but not its events; resolves to false if no source has this ID. */
export async function deleteMirrorSource(database: Queryable, id: string): Promise<boolean> {
  return (await database.query("DELETE FROM mirror_sources WHERE id = $1::uuid RETURNING id", [id])).length > 0;
}

/** Changes to the status of a source; members that are unset leave their columns unchanged. */
export interface MirrorSourceNote {
  readonly confirmedAt?: Date | undefined;
  readonly validatedAt?: Date | undefined;
  readonly receivedAt?: Date | undefined;
  readonly eventAt?: Date | undefined;
  /** Null clears the error, after a success. */
  readonly error?: { readonly text: string; readonly at: Date } | null | undefined;
  readonly waiting?: number | undefined;
}

/** Updates the status of a source. Times other than that of the error never go back. */
export async function noteAtMirrorSource(database: Queryable, id: string, note: MirrorSourceNote): Promise<void> {
  const { confirmedAt, validatedAt, receivedAt, eventAt, error, waiting } = note;
  await database.query(
    `UPDATE mirror_sources SET
       confirmed_at = greatest(confirmed_at, $2::timestamptz), validated_at = greatest(validated_at, $3::timestamptz),
       received_at = greatest(received_at, $4::timestamptz), event_at = greatest(event_at, $5::timestamptz),
       error = CASE WHEN $6::boolean THEN $7::text ELSE error END,
       error_at = CASE WHEN $6::boolean THEN $8::timestamptz ELSE error_at END,
       waiting = coalesce($9::bigint, waiting)
     WHERE id = $1::uuid`,
    [
      id,
      confirmedAt ?? null,
      validatedAt ?? null,
      receivedAt ?? null,
      eventAt ?? null,
      error !== undefined,
      error?.text ?? null,
      error?.at ?? null,
      waiting ?? null,
    ],
  );
}
