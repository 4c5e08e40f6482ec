/** Certificates for tests, from an authority that nobody else trusts. */
import { generate } from "selfsigned";

/** A certificate with its key, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority. */
export interface Authority extends Certificate {
  /** A certificate for these host names or, with digits and dots only, addresses. */
  issue(names: readonly [string, ...string[]], validity?: { from: Date; until: Date }): Promise<Certificate>;
}

/** Makes an authority with a new key. */
export async function createAuthority(): Promise<Authority> {
  // EC keys fail where npm installs two versions of the library's ASN.1 schemas.
  const options = { keyType: "rsa", algorithm: "sha256" } as const;
  const made = await generate([{ name: "commonName", value: "Mailglass test authority" }], {
    ...options,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const ca = { key: made.private, cert: made.cert };
  return {
    ...ca,
    async issue(names, validity) {
      const issued = await generate([{ name: "commonName", value: names[0] }], {
        ...options,
        ca,
        ...(validity && { notBeforeDate: validity.from, notAfterDate: validity.until }),
        extensions: [
          { name: "basicConstraints", cA: false },
          {
            name: "subjectAltName",
            altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })),
          },
        ],
      });
      return { key: issued.private, cert: issued.cert };
    },
  };
}
