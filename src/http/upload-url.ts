/** Upload URLs: who has one may put one file at one place, until it expires. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Makes and checks upload URLs. */
export interface UploadSigner {
  /** The URL under which a file may be put until `expires`. */
  sign(bucket: string, key: string, expires: Date): string;
  /** Whether a URL's parts are as they were signed. Whether it has expired is another question. */
  verify(bucket: string, key: string, expires: string, signature: string): boolean;
}

/** A signer with a key of the installation's own. `publicUrl` is where clients reach the server. */
export function createUploadSigner(secret: Uint8Array, publicUrl: () => string): UploadSigner {
  const signatureOf = (bucket: string, key: string, expires: string) =>
    createHmac("sha256", secret).update(`${bucket}\n${key}\n${expires}`).digest();
  return {
    sign(bucket, key, expires) {
      const seconds = String(Math.floor(expires.getTime() / 1000));
      const url = new URL(`/uploads/${bucket}/${key}`, publicUrl());
      url.searchParams.set("expires", seconds);
      url.searchParams.set("signature", signatureOf(bucket, key, seconds).toString("base64url"));
      return url.href;
    },
    verify(bucket, key, expires, signature) {
      const given = Buffer.from(signature, "base64url");
      const right = signatureOf(bucket, key, expires);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
