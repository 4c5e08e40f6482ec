/** Fetches, checks and caches SNS's signing certificates. */
import { type KeyObject, X509Certificate } from "node:crypto";
import { BoundedMap } from "../../common/bounded-map.ts";
import type { Answered } from "./get.ts";

/** The certificate can't be used to verify signatures. The message is for people. */
export class CertificateFault extends Error {
  override name = "CertificateFault";
}

/** The certificate is not fetched because too many are being fetched. */
export class TooManyCertificates extends Error {
  override name = "TooManyCertificates";
}

export interface SnsCertificates {
  /**
   * The public key of the certificate at a URL, which the caller has checked to be SNS's.
   * @param mayFetch called if the certificate is not cached; false refuses to fetch it
   * @throws CertificateFault, TooManyCertificates, or the error of the fetch
   */
  keyAt(url: string, mayFetch: () => boolean): Promise<KeyObject>;
}

export interface CertificateServices {
  readonly get: (url: string) => Promise<Answered>;
  /** Whether the certificate at a URL must be issued to SNS; false for an emulator's. */
  readonly isIssuedToSns: (url: string) => boolean;
  readonly machineClock: () => Date;
  readonly steadyClock: () => Date;
}

/** SNS has one certificate per region, and replaces it about once a year. */
const capacity = 100;
const keptMs = 24 * 3600_000;
const mostAtOnce = 10;

/** Subjects of SNS's certificates differ by region: `sns.amazonaws.com`, `sns-signing.af-south-1.amazonaws.com`, ... */
const snsName = /^sns(-signing)?([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;

export function createSnsCertificates(services: CertificateServices): SnsCertificates {
  const { get, isIssuedToSns, machineClock, steadyClock } = services;
  const known = new BoundedMap<string, { certificate: X509Certificate; until: number }>({
    capacity,
    evicts: "least-recently-used",
    expiry: { clock: steadyClock, expiresAt: ({ until }) => until },
  });
  const loading = new Map<string, Promise<X509Certificate>>();

  return {
    async keyAt(url, mayFetch) {
      const certificate = known.get(url)?.certificate ?? (await loaded(url, mayFetch));
      const now = machineClock();
      if (now < certificate.validFromDate || now > certificate.validToDate) {
        throw new CertificateFault("The certificate of the signature is not valid at this time.");
      }
      return certificate.publicKey;
    },
  };

  function loaded(url: string, mayFetch: () => boolean): Promise<X509Certificate> {
    const before = loading.get(url);
    if (before) return before;
    if (loading.size >= mostAtOnce || !mayFetch()) throw new TooManyCertificates("too many certificates at a time");
    const load = fetched(url).finally(() => loading.delete(url));
    loading.set(url, load);
    return load;
  }

  async function fetched(url: string): Promise<X509Certificate> {
    const { status, text } = await get(url);
    if (status !== 200) throw new Error(`the request for the certificate was answered with status ${status}`);
    const certificate = parsed(text);
    if (certificate.publicKey.asymmetricKeyType !== "rsa")
      throw new CertificateFault("The certificate has no RSA key.");
    if (isIssuedToSns(url) && !namesOf(certificate).some((name) => snsName.test(name))) {
      throw new CertificateFault("The certificate is not issued to SNS.");
    }
    known.set(url, { certificate, until: steadyClock().getTime() + keptMs });
    return certificate;
  }
}

function parsed(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new CertificateFault("The certificate can't be read.");
  }
}

function namesOf({ subject, subjectAltName = "" }: X509Certificate): string[] {
  const alternatives = subjectAltName.split(", ").map((name) => name.replace(/^DNS:/, ""));
  return [...alternatives, ...subject.split("\n").map((line) => line.replace(/^CN=/, ""))];
}
