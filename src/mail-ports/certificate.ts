/** The TLS certificate of the SMTP ports: the operator's, or a self-signed one for the lifetime of the process. */
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { mailPortSettings } from "../config/mail-port-settings.ts";
import { ConfigError } from "../config/setting.ts";

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The certificate's files. Without files, a self-signed certificate is created for `hostname`. */
export interface CertificateSource {
  readonly certificateFile: string | undefined;
  /** Undefined if the certificate's file also contains the key. */
  readonly keyFile: string | undefined;
  readonly hostname: string;
}

/** Resolves to the certificate, which it may have to make first. */
export type CertificateSupply = () => Promise<Certificate>;

/**
 * The certificate as the ports need it: read and checked now if it comes from files; otherwise made when it is first asked
 * for, which a start need not wait for.
 * @throws ConfigError as `openCertificate`
 */
export async function supplyCertificate(source: CertificateSource): Promise<CertificateSupply> {
  if (source.certificateFile !== undefined || source.keyFile !== undefined) {
    const opened = await openCertificate(source);
    return async () => opened;
  }
  let making: Promise<Certificate> | undefined;
  return () => {
    making ??= openCertificate(source).catch((error: unknown) => {
      making = undefined;
      throw error;
    });
    return making;
  };
}

/** Longer than a process runs. No client can verify the certificate, so its expiry does not matter. */
const selfSignedDays = 3650;

/**
 * Reads the certificate, or creates one.
 * @throws ConfigError with the setting's name if a file can't be read or contains no certificate with its key.
 */
export async function openCertificate({ certificateFile, keyFile, hostname }: CertificateSource): Promise<Certificate> {
  const { smtpCertificate, smtpCertificateKey } = mailPortSettings;
  if (certificateFile === undefined) {
    if (keyFile !== undefined) {
      throw new ConfigError(`${smtpCertificateKey.name}: it also requires ${smtpCertificate.name}`);
    }
    return selfSigned(hostname);
  }
  const cert = await readPem(smtpCertificate.name, certificateFile);
  const key = keyFile === undefined ? cert : await readPem(smtpCertificateKey.name, keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const files = keyFile === undefined ? certificateFile : `${certificateFile} and ${keyFile}`;
    throw new ConfigError(`${smtpCertificate.name}: ${files} contain no certificate and private key (${told(error)})`);
  }
  return { cert, key };
}

async function readPem(setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, "latin1");
  } catch (error) {
    throw new ConfigError(`${setting}: ${file} can't be read (${told(error)})`);
  }
}

async function selfSigned(hostname: string): Promise<Certificate> {
  // Loading it takes 0.4 s.
  const { generate } = await import("selfsigned");
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: "commonName", value: hostname }], {
    // The library's EC keys fail if npm installs two versions of the ASN.1 schemas, as it does now.
    keyType: "rsa",
    algorithm: "sha256",
    // A client's clock may be behind.
    notBeforeDate: new Date(now - 24 * 3600_000),
    notAfterDate: new Date(now + selfSignedDays * 24 * 3600_000),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: hostname }] },
    ],
  });
  return { cert, key };
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
