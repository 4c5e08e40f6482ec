import type { Handlers } from "../../contract/types.ts";
import { createEmailIdentity } from "./create-email-identity.ts";
import { deleteEmailIdentity } from "./delete-email-identity.ts";
import { getEmailIdentity } from "./get-email-identity.ts";
import type { IdentityServices } from "./identity-services.ts";
import { listEmailIdentities } from "./list-email-identities.ts";
import { putEmailIdentityConfigurationSetAttributes } from "./put-email-identity-configuration-set-attributes.ts";
import { putEmailIdentityDkimAttributes } from "./put-email-identity-dkim-attributes.ts";
import { putEmailIdentityDkimSigningAttributes } from "./put-email-identity-dkim-signing-attributes.ts";
import { putEmailIdentityFeedbackAttributes } from "./put-email-identity-feedback-attributes.ts";
import { putEmailIdentityMailFromAttributes } from "./put-email-identity-mail-from-attributes.ts";

export function identityOperations(services: IdentityServices) {
  return {
    CreateEmailIdentity: createEmailIdentity(services),
    DeleteEmailIdentity: deleteEmailIdentity(services),
    GetEmailIdentity: getEmailIdentity(services),
    ListEmailIdentities: listEmailIdentities(services),
    PutEmailIdentityConfigurationSetAttributes: putEmailIdentityConfigurationSetAttributes(services),
    PutEmailIdentityDkimAttributes: putEmailIdentityDkimAttributes(services),
    PutEmailIdentityDkimSigningAttributes: putEmailIdentityDkimSigningAttributes(services),
    PutEmailIdentityFeedbackAttributes: putEmailIdentityFeedbackAttributes(services),
    PutEmailIdentityMailFromAttributes: putEmailIdentityMailFromAttributes(services),
  } satisfies Handlers;
}
