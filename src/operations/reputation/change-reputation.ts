import { errors } from "../../contract/errors.ts";
import type { Decision } from "../../reputation/decide.ts";
import { lockReputation, type TenantReputation, updateReputation } from "../../stores/postgres/tenant-reputations.ts";
import { changeSettings } from "../account/settings.ts";
import type { ReputationServices } from "./reputation-services.ts";
import { readTenantReference } from "./tenant-reference.ts";

/**
 * Changes a tenant's reputation, and publishes a change of its status, in one transaction. Throws a bad request if there
 * is no such entity: SES's model of the operations has no NotFoundException.
 */
export async function changeReputation(
  { database, settings, scope, accountEvents }: ReputationServices,
  reference: string,
  now: Date,
  decide: (before: TenantReputation) => Decision,
): Promise<void> {
  const named = readTenantReference(scope, reference);
  if (!named) throw errors.reputationEntityUnknown(reference);
  const events = await accountEvents();
  await changeSettings(settings, "tenants", () =>
    database.transaction(async (transaction) => {
      const before = await lockReputation(transaction, named.name);
      if (before?.id !== named.id) throw errors.reputationEntityUnknown(reference);
      const { reputation, event } = decide(before);
      await updateReputation(transaction, reputation);
      if (event) await events.write(transaction, [event], now);
    }),
  );
}
