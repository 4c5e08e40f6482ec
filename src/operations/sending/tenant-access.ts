/** Whether a tenant may send, and with which resources. As in SES, all mail that names a tenant is checked. */
import { errors } from "../../contract/errors.ts";
import type { TenantResource } from "../../stores/postgres/tenant-resources.ts";
import { checkConfigurationSetName } from "../configuration-sets/configuration-set-name.ts";
import { resourceArn } from "../tenants/resource-arn.ts";
import type { SendingServices } from "./sending-services.ts";
import type { TenantMail } from "./tenant-mail.ts";

type AccessServices = Pick<SendingServices, "settings" | "scope">;

/**
 * Throws a bad request for an invalid configuration set name, not-found if there is no such tenant, an error if its
 * sending is paused, and access-denied unless it is associated with each sender's identity, with the configuration set in
 * effect and with the template. The identity is the most specific one that exists, verified or not; if there is none, the
 * address stands for it.
 */
export async function checkTenantAccess({ settings, scope }: AccessServices, mail: TenantMail): Promise<void> {
  const { tenantName, from, template } = mail;
  const named = mail.configurationSetName && checkConfigurationSetName(mail.configurationSetName);
  const tenant = await settings.tenant(tenantName);
  if (!tenant) throw errors.tenantOfMailNotFound(tenantName, scope.accountId);
  if (tenant.sendingStatus === "DISABLED") throw errors.tenantSendingPaused(tenantName);
  const identities = await Promise.all(from.map(({ address }) => settings.identityOf(address)));
  const names = from.map(({ address }, index) => identities[index]?.nearest ?? address);
  const configurationSet = named ?? identities[0]?.configurationSetName ?? undefined;
  const resources: TenantResource[] = [...new Set(names)].map((name) => ({ type: "identity", name }));
  if (configurationSet !== undefined) resources.push({ type: "configuration-set", name: configurationSet });
  if (template !== undefined) resources.push({ type: "template", name: template });
  if (resources.length === 0) return;
  const missing = await settings.unassociated(tenantName, resources);
  if (missing.length > 0) throw errors.tenantNotAssociated(missing.map((resource) => resourceArn(scope, resource)));
}
