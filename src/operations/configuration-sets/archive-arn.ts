/** The ARNs of archives: `arn:aws:ses:region:account:mailmanager-archive/id`. */
import { errors } from "../../contract/errors.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { ownScope, type Scope } from "../../stores/postgres/scopes.ts";

export function archiveArn({ accountId, region }: Pick<Scope, "accountId" | "region">, id: string): string {
  return `arn:aws:ses:${region}:${accountId}:mailmanager-archive/${id}`;
}

/** The ID in an archive's ARN; null without one. Throws "not found" for the ARN of another account or region. */
export async function archiveIn(database: ScopedQueryable, arn: string | undefined): Promise<string | null> {
  if (arn === undefined) return null;
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  if (arn !== archiveArn(await ownScope(database), id)) throw errors.archiveNotFound(arn);
  return id;
}
