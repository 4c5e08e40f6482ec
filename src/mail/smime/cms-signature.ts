/** Makes detached CMS signatures (RFC 5652) as S/MIME 4.0 asks for (RFC 8551). */
import type { KeyObject } from "node:crypto";
import { readChain } from "./certificate.ts";

/** Signs with one certificate. */
export interface SmimeSigner {
  /** The name of the hash in a multipart/signed (RFC 8551, 3.5.3.2). */
  readonly micalg: string;
  /** The signature of the content, in DER, with the certificates. */
  sign(content: Buffer, at: Date): Promise<Buffer>;
}

/** The hash for each curve, of its strength; RSA has SHA-256. */
const hashes = { prime256v1: "SHA-256", secp384r1: "SHA-384", secp521r1: "SHA-512" } as const;
const webCurves = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" } as const;

const isCurve = (name: string): name is keyof typeof hashes => Object.hasOwn(hashes, name);

const oids = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
};

/**
 * Creates a signer. Signing is done in the thread pool.
 * @param chain PEM: the certificate, then those that certify it.
 */
export async function createSmimeSigner(chain: string, key: KeyObject): Promise<SmimeSigner> {
  // Only who signs needs the library.
  const [pkijs, asn1] = await Promise.all([import("pkijs"), import("asn1js")]);
  const { GeneralizedTime, ObjectIdentifier, OctetString, UTCTime } = asn1;
  const certificates = readChain(chain).map(({ raw }) => pkijs.Certificate.fromBER(raw));
  const [own] = certificates;
  if (!own) throw new Error("An S/MIME signer needs a certificate");
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const hash = isCurve(curve) ? hashes[curve] : "SHA-256";
  const cryptoKey = key.toCryptoKey(
    isCurve(curve) ? { name: "ECDSA", namedCurve: webCurves[curve] } : { name: "RSASSA-PKCS1-v1_5", hash },
    false,
    ["sign"],
  );
  // RFC 5652, 11.3: UTCTime up to 2049.
  const signingTime = (at: Date) =>
    at.getUTCFullYear() < 2050 ? new UTCTime({ valueDate: at }) : new GeneralizedTime({ valueDate: at });
  return {
    micalg: hash.toLowerCase(),
    async sign(content, at) {
      const digest = await crypto.subtle.digest(hash, new Uint8Array(content));
      // In the order of their DER encodings, as in every SET OF that is signed.
      const attributes = [
        { type: oids.contentType, values: [new ObjectIdentifier({ value: oids.data })] },
        { type: oids.signingTime, values: [signingTime(at)] },
        { type: oids.messageDigest, values: [new OctetString({ valueHex: digest })] },
      ].map((attribute) => new pkijs.Attribute(attribute));
      const signed = new pkijs.SignedData({
        version: 1,
        encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: oids.data }),
        certificates,
        signerInfos: [
          new pkijs.SignerInfo({
            version: 1,
            sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
            signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes }),
          }),
        ],
      });
      await signed.sign(cryptoKey, 0, hash);
      const info = new pkijs.ContentInfo({ contentType: oids.signedData, content: signed.toSchema(true) });
      return Buffer.from(info.toSchema().toBER());
    },
  };
}
