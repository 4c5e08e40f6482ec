/** The kinds of resources that are read from a real account. */
import type { MirrorResourceKind } from "../../admin-api/mirror-resources.ts";

/** In the order in which they are read: configuration sets are few, and most useful. */
export const resourceKinds = [
  "configuration-sets",
  "identities",
  "templates",
] as const satisfies readonly MirrorResourceKind[];

/** The permissions that each kind needs. */
export const resourcePermissions: Readonly<Record<MirrorResourceKind, string>> = {
  "configuration-sets":
    "ses:ListConfigurationSets, ses:GetConfigurationSet and ses:GetConfigurationSetEventDestinations",
  identities: "ses:ListEmailIdentities and ses:GetEmailIdentity",
  templates: "ses:ListEmailTemplates and ses:GetEmailTemplate",
};
