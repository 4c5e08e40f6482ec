import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteIdentityCertificate } from "../../stores/postgres/identity-certificates.ts";
import { findIdentity } from "../identities/find-identity.ts";
import { certificateSender } from "./certificate-sender.ts";
import type { CertificateServices } from "./certificate-services.ts";

/** DisassociateEmailIdentityCertificate: does nothing if there is no association. The identity must exist. */
export function disassociateEmailIdentityCertificate({
  database,
}: CertificateServices): Handler<"DisassociateEmailIdentityCertificate"> {
  return async ({ EmailIdentity = "", FromAddress }) => {
    const { identity, fromAddress } = certificateSender(EmailIdentity, FromAddress);
    if (!(await findIdentity(database, identity))) throw errors.certificateIdentityNotFound(EmailIdentity);
    await deleteIdentityCertificate(database, identity, fromAddress);
    return {};
  };
}
