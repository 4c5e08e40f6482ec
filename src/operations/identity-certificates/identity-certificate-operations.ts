import type { Handlers } from "../../contract/types.ts";
import { associateEmailIdentityCertificate } from "./associate-email-identity-certificate.ts";
import type { CertificateServices } from "./certificate-services.ts";
import { disassociateEmailIdentityCertificate } from "./disassociate-email-identity-certificate.ts";
import { listEmailIdentityCertificates } from "./list-email-identity-certificates.ts";

export function identityCertificateOperations(services: CertificateServices) {
  return {
    AssociateEmailIdentityCertificate: associateEmailIdentityCertificate(services),
    DisassociateEmailIdentityCertificate: disassociateEmailIdentityCertificate(services),
    ListEmailIdentityCertificates: listEmailIdentityCertificates(services),
  } satisfies Handlers;
}
