/** The table alerts: its migration describes the columns. */
import type { Queryable } from "./database.ts";

export type AlertKind = "bounce-rate" | "complaint-rate" | "source-silent" | "source-queue" | "source-failing";
export type AlertSubjectType = "identity" | "configuration-set" | "tenant" | "source";

/** What an alert is about. */
export interface AlertSubject {
  readonly kind: AlertKind;
  /** Null for a source. */
  readonly scope: number | null;
  /** The ID of a source; null for a rate. */
  readonly source: string | null;
  readonly subjectType: AlertSubjectType;
  readonly subject: string;
}

/** A row of alerts. */
export interface StoredAlert extends AlertSubject {
  readonly id: string;
  readonly since: Date;
  readonly openedAt: Date | null;
  readonly clearSince: Date | null;
  readonly closedAt: Date | null;
  readonly text: string;
  /** JSON, encoded by the callers. */
  readonly details: string;
}

const columns = `id, kind, scope, source, subject_type AS "subjectType", subject, since, opened_at AS "openedAt",
  clear_since AS "clearSince", closed_at AS "closedAt", text, details`;

/** All alerts that are not closed, including those that are not open yet. */
export async function selectStandingAlerts(database: Queryable): Promise<StoredAlert[]> {
  return database.query<StoredAlert>(`SELECT ${columns} FROM alerts WHERE closed_at IS NULL`);
}

/** Selects the alerts to list. */
export interface AlertPage {
  /** Only alerts of this scope; undefined for those of all scopes and of sources. */
  readonly scope: number | undefined;
  /** Alerts that were closed at this time or later; undefined for the open ones. */
  readonly closedFrom: Date | undefined;
  readonly limit: number;
}

/** The open alerts, or the closed ones, newest first. */
export async function selectAlerts(database: Queryable, page: AlertPage): Promise<StoredAlert[]> {
  const { scope, closedFrom, limit } = page;
  const isListed = closedFrom === undefined ? "opened_at IS NOT NULL AND closed_at IS NULL" : "closed_at >= $3";
  return database.query<StoredAlert>(
    `SELECT ${columns} FROM alerts WHERE ${isListed}
       AND (CASE WHEN $1::integer IS NULL
         THEN scope IS NULL OR EXISTS (SELECT FROM scopes WHERE scopes.id = alerts.scope AND retired_at IS NULL)
         ELSE scope = $1::integer END)
     ORDER BY opened_at DESC, id LIMIT $2::integer`,
    [scope ?? null, limit, ...(closedFrom === undefined ? [] : [closedFrom])],
  );
}

/** Adds an alert, unless one that is not closed has the same subject; resolves to whether it was added. */
export async function insertAlert(database: Queryable, alert: StoredAlert): Promise<boolean> {
  const { id, kind, scope, source, subjectType, subject, since, openedAt, text, details } = alert;
  const added = await database.query(
    `INSERT INTO alerts (id, kind, scope, source, subject_type, subject, since, opened_at, text, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
    [id, kind, scope, source, subjectType, subject, since, openedAt, text, details],
  );
  return added.length > 0;
}

/** Updates an alert; resolves to false if another process has opened or closed it in the meantime. */
export async function updateAlert(database: Queryable, before: StoredAlert, after: StoredAlert): Promise<boolean> {
  const changed = await database.query(
    `UPDATE alerts SET opened_at = $3, clear_since = $4, closed_at = $5, text = $6, details = $7
     WHERE id = $1::uuid AND closed_at IS NULL AND (opened_at IS NULL) = $2::boolean RETURNING id`,
    [
      ...[before.id, before.openedAt === null],
      ...[after.openedAt, after.clearSince, after.closedAt, after.text, after.details],
    ],
  );
  return changed.length > 0;
}

/** Deletes an alert that was noticed but never opened. */
export async function forgetAlert(database: Queryable, id: string): Promise<void> {
  await database.query("DELETE FROM alerts WHERE id = $1::uuid AND opened_at IS NULL", [id]);
}

/** Deletes the alerts that were closed before the given time. */
export async function deleteClosedAlerts(database: Queryable, before: Date): Promise<void> {
  await database.query("DELETE FROM alerts WHERE closed_at < $1", [before]);
}
