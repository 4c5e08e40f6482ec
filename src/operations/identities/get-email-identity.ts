import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { selectIdentity } from "../../stores/postgres/identities.ts";
import { normalizeIdentityName } from "./identity-name.ts";
import { dkimAttributes, VERIFICATION_STATUS } from "./identity-status.ts";

/** GetEmailIdentity. A name that can't be an identity isn't found. */
export function getEmailIdentity(services: { database: Queryable }): Handler<"GetEmailIdentity"> {
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const name = normalizeIdentityName(given)?.name;
    const identity = name && (await selectIdentity(services.database, [name]));
    if (!identity) throw errors.identityNotFound(given);
    return {
      IdentityType: identity.type,
      // Nobody forwards bounces and complaints by mail.
      FeedbackForwardingStatus: false,
      VerifiedForSendingStatus: true,
      VerificationStatus: VERIFICATION_STATUS,
      VerificationInfo: {},
      DkimAttributes: dkimAttributes(identity),
      // As SES answers without a MAIL FROM domain of the identity's own.
      MailFromAttributes: {
        MailFromDomain: undefined,
        MailFromDomainStatus: undefined,
        BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
      },
      Policies: {},
      Tags: identity.tags,
      ConfigurationSetName: identity.configurationSetName ?? undefined,
    };
  };
}
