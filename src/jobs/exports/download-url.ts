/** Download URLs that Mailglass signs itself, for object stores that have no server of their own. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Makes and checks download URLs. */
export interface DownloadSigner {
  /** The URL under which the file of a job is answered until `expires`. */
  sign(jobId: string, fileName: string, expires: Date): string;
  /** Whether a URL's parts are as they were signed. Whether it has expired is another question. */
  verify(jobId: string, fileName: string, expires: string, signature: string): boolean;
}

/** A signer with a key of the installation's own. `publicUrl` is where clients reach the server; `kind` is of the jobs. */
export function createDownloadSigner(
  key: Uint8Array,
  publicUrl: () => string,
  kind: "exports" | "imports" = "exports",
): DownloadSigner {
  const signatureOf = (jobId: string, fileName: string, expires: string) =>
    createHmac("sha256", key).update(`${jobId}\n${fileName}\n${expires}`).digest();
  return {
    sign(jobId, fileName, expires) {
      const seconds = String(Math.floor(expires.getTime() / 1000));
      const url = new URL(`/downloads/${kind}/${jobId}/${encodeURIComponent(fileName)}`, publicUrl());
      url.searchParams.set("expires", seconds);
      url.searchParams.set("signature", signatureOf(jobId, fileName, seconds).toString("base64url"));
      return url.href;
    },
    verify(jobId, fileName, expires, signature) {
      const given = Buffer.from(signature, "base64url");
      const right = signatureOf(jobId, fileName, expires);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
