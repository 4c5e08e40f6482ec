import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeFolder, temporaryFolder } from "../../test/support/server-process.ts";
import { type Certificate, openCertificate } from "./certificate.ts";

const hostname = "mail.example.com";
let folder = "";
let made: Certificate;

beforeAll(async () => {
  folder = await temporaryFolder();
  made = await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname });
});
afterAll(() => removeFolder(folder));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("a certificate", () => {
  it("is made for the server's name where none is given", () => {
    const certificate = new X509Certificate(made.cert);
    expect(certificate.checkHost(hostname)).toBe(hostname);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    createSecureContext(made);
  });

  it("is read from two files, or from one with both", async () => {
    const certificateFile = await file("cert.pem", made.cert);
    const keyFile = await file("key.pem", made.key);
    expect(await openCertificate({ certificateFile, keyFile, hostname })).toEqual(made);
    const both = await file("both.pem", `${made.key}\n${made.cert}`);
    createSecureContext(await openCertificate({ certificateFile: both, keyFile: undefined, hostname }));
  });

  it("stops the start where it can't be used, with the setting's name", async () => {
    const certificateFile = await file("cert.pem", made.cert);
    const other = await openCertificate({ certificateFile: undefined, keyFile: undefined, hostname });
    const open = (certificate: string | undefined, key: string | undefined) =>
      openCertificate({ certificateFile: certificate, keyFile: key, hostname });
    await expect(open(join(folder, "missing.pem"), undefined)).rejects.toThrow(
      /^MAILGLASS_SMTP_CERTIFICATE: .*missing/,
    );
    await expect(open(certificateFile, join(folder, "missing.pem"))).rejects.toThrow(
      /^MAILGLASS_SMTP_CERTIFICATE_KEY: /,
    );
    await expect(open(certificateFile, await file("other.pem", other.key))).rejects.toThrow(
      /^MAILGLASS_SMTP_CERTIFICATE: /,
    );
    await expect(open(await file("text.pem", "no PEM"), undefined)).rejects.toThrow(/^MAILGLASS_SMTP_CERTIFICATE: /);
    await expect(open(undefined, certificateFile)).rejects.toThrow(/^MAILGLASS_SMTP_CERTIFICATE_KEY: /);
  });
});
