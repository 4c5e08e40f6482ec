/** The address whose mail a certificate signs. */
import { errors } from "../../contract/errors.ts";
import { domainOf, normalizeIdentityName } from "../../identities/identity-name.ts";

/** An identity and an address that it covers, by their canonical names. */
export interface CertificateSender {
  readonly identity: string;
  readonly fromAddress: string;
}

/**
 * Finds the sender: the identity itself if it is an address, else FromAddress. Throws a bad request, in SES's order, if
 * that is missing, malformed, or not of the domain; "not found" for an invalid identity. The identity need not exist.
 */
export function certificateSender(given: string, fromAddress: string | undefined): CertificateSender {
  const identity = normalizeIdentityName(given);
  const sender = fromAddress === undefined ? undefined : normalizeIdentityName(fromAddress);
  if (identity?.type === "DOMAIN" && fromAddress === undefined) throw errors.certificateSenderMissing();
  if (fromAddress !== undefined && sender?.type !== "EMAIL_ADDRESS") throw errors.certificateSenderInvalid(fromAddress);
  if (!identity) throw errors.certificateIdentityNotFound(given);
  if (identity.type === "EMAIL_ADDRESS") {
    if (sender && sender.name !== identity.name) {
      throw errors.certificateSenderDiffers(fromAddress ?? "", identity.name);
    }
    return { identity: identity.name, fromAddress: identity.name };
  }
  const name = sender?.name ?? "";
  if (!`.${domainOf(name)}`.endsWith(`.${identity.name}`)) {
    throw errors.certificateSenderElsewhere(fromAddress ?? "", identity.name);
  }
  return { identity: identity.name, fromAddress: name };
}
