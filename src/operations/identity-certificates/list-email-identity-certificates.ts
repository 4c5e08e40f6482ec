import type { IdentityCertificate } from "@aws-sdk/client-sesv2";
import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { certificateSigns } from "../../identities/certificate-status.ts";
import {
  type ListedIdentityCertificate,
  selectIdentityCertificates,
} from "../../stores/postgres/identity-certificates.ts";
import { findIdentity } from "../identities/find-identity.ts";
import { readPage } from "../read-page.ts";
import { maxPageSize, pageStart, pageViolations } from "../tenants/paging.ts";
import type { CertificateServices } from "./certificate-services.ts";

/** ListEmailIdentityCertificates: ordered by the bytes of the addresses. A token is valid for the same identity only. */
export function listEmailIdentityCertificates({
  database,
  clock,
}: CertificateServices): Handler<"ListEmailIdentityCertificates"> {
  return async (input) => {
    refuse([...violations("ListEmailIdentityCertificates", input), ...pageViolations(input)]);
    const { EmailIdentity = "" } = input;
    const kind = `certificates ${JSON.stringify([database.scope, EmailIdentity])}`;
    const after = pageStart(kind, input.NextToken, errors.certificateToken) ?? "";
    const identity = await findIdentity(database, EmailIdentity);
    if (!identity) throw errors.certificateIdentityNotFound(EmailIdentity);
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) => selectIdentityCertificates(database, identity.name, { after, limit }),
      ({ fromAddress }) => fromAddress,
    );
    const now = clock();
    return { Certificates: page.map((one) => shown(one, now)), NextToken };
  };
}

/** As in SES, a failed association has no time of expiry. */
function shown(
  { fromAddress, certificateArn, addresses, notBefore, notAfter }: ListedIdentityCertificate,
  now: Date,
): IdentityCertificate {
  const known = { FromAddress: fromAddress, CertificateArn: certificateArn };
  if (!addresses || !notBefore || !notAfter) return { ...known, Status: "FAILED" };
  if (!certificateSigns({ addresses, notBefore, notAfter }, fromAddress, now)) return { ...known, Status: "FAILED" };
  return { ...known, Status: "ACTIVE", CertificateExpiryTime: notAfter };
}
