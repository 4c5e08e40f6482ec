/** The paths under /admin/certificates. */

/** An S/MIME certificate. Its key is never shown. */
export interface SmimeCertificate {
  id: string;
  /** For AssociateEmailIdentityCertificate. */
  arn: string;
  /** The addresses in the certificate, in lower case. */
  addresses: readonly string[];
  subject: string;
  issuer: string;
  /** In hexadecimal. */
  serialNumber: string;
  /** SHA-256, in hexadecimal with colons. */
  fingerprint: string;
  /** Such as `RSA 2048` or `EC P-256`. */
  keyAlgorithm: string;
  notBefore: string;
  notAfter: string;
  createdAt: string;
  /** The addresses that it is associated with. */
  associatedWith: readonly string[];
}

/** GET /admin/certificates. */
export interface SmimeCertificateList {
  certificates: SmimeCertificate[];
}

/** POST /admin/certificates. */
export interface NewSmimeCertificate {
  /** PEM: the certificate, then those that certify it, each by the next. */
  certificate: string;
  /** PEM, without a passphrase. */
  privateKey: string;
}
