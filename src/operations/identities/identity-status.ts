/**
 * What can truthfully be said of an identity's verification. Mailglass looks at no DNS record and sends no verification
 * mail yet: with `MAILGLASS_IDENTITY_VERIFICATION=off` anyone may send, with `required` an identity that exists may.
 * Either way an identity that exists may send at once, which is what SES means by verified. Nothing is signed with DKIM.
 */
import type { DkimAttributes } from "@aws-sdk/client-sesv2";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";

/** The status of every identity. */
export const VERIFICATION_STATUS = "SUCCESS";

/** DKIM has not been started: nothing is signed, and a domain has no tokens to publish. */
export function dkimAttributes(identity: EmailIdentity): DkimAttributes {
  return {
    SigningEnabled: false,
    Status: "NOT_STARTED",
    Tokens: identity.type === "DOMAIN" ? [] : undefined,
    NextSigningKeyLength: identity.nextSigningKeyLength ?? undefined,
  };
}
