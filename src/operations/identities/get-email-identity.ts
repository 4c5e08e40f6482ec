import type { MailFromAttributes, VerificationInfo } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { nearestNames } from "../../identities/identity-name.ts";
import { domainProof, isCovered, type Proving, recordStatus, verificationStatus } from "../../identities/status.ts";
import { type EmailIdentity, selectNearestIdentities } from "../../stores/postgres/identities.ts";
import { policiesOf } from "../identity-policies/get-email-identity-policies.ts";
import { dkimAttributes } from "./dkim-attributes.ts";
import type { IdentityServices } from "./identity-services.ts";

/** GetEmailIdentity. An invalid identity name is "not found". */
export function getEmailIdentity(
  services: Pick<IdentityServices, "database" | "proving" | "clock">,
): Handler<"GetEmailIdentity"> {
  const { database, proving, clock } = services;
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const names = nearestNames(given);
    const nearest = await selectNearestIdentities(database, names);
    const [identity] = nearest;
    if (!identity || identity.name !== names[0]) throw errors.identityNotFound(given);
    const now = clock();
    return {
      IdentityType: identity.type,
      FeedbackForwardingStatus: identity.feedbackForwarding,
      VerifiedForSendingStatus: isCovered(nearest, proving, now),
      VerificationStatus: verificationStatus(identity, proving, now),
      VerificationInfo: proving === "assumed" ? {} : verificationInfo(identity),
      DkimAttributes: dkimAttributes(identity, nearest[1], proving),
      MailFromAttributes: mailFromAttributes(identity, proving),
      Policies: await policiesOf(database, identity.name),
      Tags: identity.tags,
      ConfigurationSetName: identity.configurationSetName ?? undefined,
    };
  };
}

function verificationInfo(identity: EmailIdentity): VerificationInfo {
  const { provenAt } = identity;
  const proof = domainProof(identity);
  return {
    LastCheckedTimestamp: proof?.checkedAt ?? provenAt ?? undefined,
    LastSuccessTimestamp: proof?.succeededAt ?? provenAt ?? undefined,
    ErrorType: proof?.error ?? undefined,
  };
}

function mailFromAttributes({ mailFrom }: EmailIdentity, proving: Proving): MailFromAttributes {
  // SES returns these attributes for identities without a MAIL FROM domain, too.
  return {
    MailFromDomain: mailFrom?.domain,
    MailFromDomainStatus: mailFrom && recordStatus(mailFrom, proving),
    BehaviorOnMxFailure: mailFrom?.behavior ?? "USE_DEFAULT_VALUE",
  };
}
