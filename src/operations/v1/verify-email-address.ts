import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { verifyEmailIdentity } from "./verify-email-identity.ts";

/** VerifyEmailAddress (deprecated): VerifyEmailIdentity. */
export function verifyEmailAddress(services: IdentityServices): Handler<"VerifyEmailAddress"> {
  return verifyEmailIdentity(services);
}
