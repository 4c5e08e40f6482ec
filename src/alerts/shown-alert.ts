/** Converts alerts into the format of the admin API and of events. */
import type { Scopes } from "../accounts/scopes.ts";
import type { Alert } from "../admin-api/alerts.ts";
import type { StoredAlert } from "../stores/postgres/alerts.ts";
import { decodeFacts } from "./alert.ts";

/** Must be called only for an alert that was opened. */
export async function shownAlert(scopeById: Scopes["byId"], alert: StoredAlert): Promise<Alert> {
  const { id, kind, scope, source, subjectType, subject, text, openedAt, since, closedAt } = alert;
  const { kind: _, ...numbers } = decodeFacts(alert.details);
  const of = scope === null ? undefined : await scopeById(scope);
  return {
    id,
    kind,
    ...(of && { account: of.accountId, region: of.region }),
    subject: { type: subjectType, name: subject, ...(source !== null && { id: source }) },
    text,
    ...numbers,
    openedAt: (openedAt ?? since).toISOString(),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
  };
}
