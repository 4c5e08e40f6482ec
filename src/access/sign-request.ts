/** Signs requests of the server's own commands, as an SDK would. */
import { createHash } from "node:crypto";
import type { UsableKey } from "./access-keys.ts";
import { canonicalRequest } from "./canonical-request.ts";
import { algorithm, scopeText, signatureOf, signingKeyOf } from "./signature.ts";
import { compact } from "./sigv4.ts";

/** The headers that a request with this body needs. Only the host, path and query of `url` matter. */
export function signedHeadersFor(
  { method, url, body }: { method: string; url: URL; body: string },
  key: Pick<UsableKey, "id" | "secretAccessKey">,
  region: string,
  now: Date,
): Record<string, string> {
  const timestamp = compact(now);
  const payloadHash = createHash("sha256").update(body).digest("hex");
  const headers = { "x-amz-content-sha256": payloadHash, "x-amz-date": timestamp };
  const names = "host;x-amz-content-sha256;x-amz-date";
  const rawHeaders = Object.entries({ host: url.host, ...headers }).flat();
  const canonical = canonicalRequest({ method, target: url.pathname + url.search, rawHeaders }, names, payloadHash);
  if (canonical === undefined) throw new Error("a header to sign is missing");
  const scope = { date: timestamp.slice(0, 8), region, service: "ses" };
  const signature = signatureOf(canonical, timestamp, scope, signingKeyOf(key.secretAccessKey, scope));
  const credential = `${key.id}/${scopeText(scope)}`;
  const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}
