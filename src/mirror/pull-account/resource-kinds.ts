/** What is read of a real account besides its suppression list. */
import type { MirrorResourceKind } from "../../admin-api/mirror-resources.ts";

/** In the order in which they are read: configuration sets are few, and tell most. */
export const resourceKinds = [
  "configuration-sets",
  "identities",
  "templates",
] as const satisfies readonly MirrorResourceKind[];

/** What the credentials must be allowed for each. */
export const resourcePermissions: Readonly<Record<MirrorResourceKind, string>> = {
  "configuration-sets":
    "ses:ListConfigurationSets, ses:GetConfigurationSet and ses:GetConfigurationSetEventDestinations",
  identities: "ses:ListEmailIdentities and ses:GetEmailIdentity",
  templates: "ses:ListEmailTemplates and ses:GetEmailTemplate",
};
