import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertIdentityCertificate } from "../../stores/postgres/identity-certificates.ts";
import { certificateIn } from "./certificate-arn.ts";
import { certificateSender } from "./certificate-sender.ts";
import type { CertificateServices } from "./certificate-services.ts";

/** Our own limit for an identity. */
const maxCertificates = 1000;

/**
 * AssociateEmailIdentityCertificate. As in SES, neither whether the certificate exists nor what it contains is checked:
 * the status of the association tells.
 */
export function associateEmailIdentityCertificate({
  database,
  scope,
}: CertificateServices): Handler<"AssociateEmailIdentityCertificate"> {
  return async ({ EmailIdentity = "", FromAddress, CertificateArn = "" }) => {
    const sender = certificateSender(EmailIdentity, FromAddress);
    const outcome = await insertIdentityCertificate(
      database,
      { ...sender, certificateArn: CertificateArn },
      certificateIn(scope, CertificateArn),
      maxCertificates,
    );
    if (outcome === "no-identity") throw errors.certificateIdentityNotFound(EmailIdentity);
    if (outcome === "full") throw errors.certificateSenderLimit(maxCertificates);
    if (outcome !== "created") throw errors.certificateExists(sender.fromAddress, outcome.takenBy);
    return {};
  };
}
