/** Whether S/MIME certificates can sign for an address. */

/** The part of a certificate that decides. */
export interface CertificateValidity {
  /** In lower case. */
  readonly addresses: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Whether mail from the address can be signed at `now`: the certificate is valid, and has the address as an rfc822Name.
 * The case of the local part does not count, as in mail readers that compare the two.
 */
export function certificateSigns({ addresses, notBefore, notAfter }: CertificateValidity, address: string, now: Date) {
  return notBefore <= now && now <= notAfter && addresses.includes(address.toLowerCase());
}
