/**
 * URLs signed by Mailglass itself: the holder may do one thing with one file until the URL expires. Used for downloads
 * from object stores without a server of their own, and for uploads.
 */
import { constantTimeEqual, macOf } from "./mac.ts";

/** Signs and verifies URLs of one kind. */
export interface UrlSigner {
  /** The URL of a file, valid until `expires`. The path contains the folder (a job, a bucket) before the file. */
  sign(folder: string, file: string, expires: Date): string;
  /** Whether the signature matches a URL's parts. Does not check whether the URL has expired. */
  verify(folder: string, file: string, expires: string, signature: string): boolean;
}

/**
 * A signer with its own key, used only for URLs below `base`, such as `/downloads/exports`. `publicUrl` is the URL at
 * which clients reach the server.
 */
export function createUrlSigner(key: Uint8Array, publicUrl: () => string, base: string): UrlSigner {
  const signatureOf = (folder: string, file: string, expires: string) => macOf(key, `${folder}\n${file}\n${expires}`);
  return {
    sign(folder, file, expires) {
      const seconds = String(Math.floor(expires.getTime() / 1000));
      // Keep the slashes of a key: it is a path itself.
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
