/**
 * URLs that Mailglass signs itself: who has one may do one thing with one file until it expires. For downloads from
 * object stores that have no server of their own, and for uploads.
 */
import { constantTimeEqual, macOf } from "./mac.ts";

/** Makes and checks the URLs of one kind. */
export interface UrlSigner {
  /** The URL of a file until `expires`. In the path, the folder (a job, a bucket) comes before the file. */
  sign(folder: string, file: string, expires: Date): string;
  /** Whether a URL's parts are as they were signed. Whether it has expired is another question. */
  verify(folder: string, file: string, expires: string, signature: string): boolean;
}

/**
 * A signer with a key of the installation's own, for nothing but URLs below `base`, such as `/downloads/exports`.
 * `publicUrl` is where clients reach the server.
 */
export function createUrlSigner(key: Uint8Array, publicUrl: () => string, base: string): UrlSigner {
  const signatureOf = (folder: string, file: string, expires: string) => macOf(key, `${folder}\n${file}\n${expires}`);
  return {
    sign(folder, file, expires) {
      const seconds = String(Math.floor(expires.getTime() / 1000));
      // The slashes of a key stay: it is a path itself.
      const name = file.split("/").map(encodeURIComponent).join("/");
      const url = new URL(`${base}/${encodeURIComponent(folder)}/${name}`, publicUrl());
      url.searchParams.set("expires", seconds);
      url.searchParams.set("signature", signatureOf(folder, file, seconds).toString("base64url"));
      return url.href;
    },
    verify(folder, file, expires, signature) {
      return constantTimeEqual(signatureOf(folder, file, expires), Buffer.from(signature, "base64url"));
    },
  };
}
