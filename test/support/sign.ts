/** Signs requests in every form that Signature Version 4 has, as a client without an SDK would. */
import { createHash } from "node:crypto";
import { canonicalRequest } from "../../src/access/canonical-request.ts";
import { scopeText, signatureOf, signingKeyOf } from "../../src/access/signature.ts";
import { compact } from "../../src/access/sigv4.ts";

/** A request to sign. */
export interface UnsignedRequest {
  method: string;
  target: string;
  /** With a host. */
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** With what, for whom, and when. */
export interface Signer {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  now: Date;
  region?: string;
  service?: string;
  /** Stated and signed in place of the body's hash. */
  payloadHash?: string;
  /** Whether `x-amz-content-sha256` is left out, as botocore does. */
  hashUnstated?: boolean;
  /** Whether a Date header tells the time, in HTTP's format. */
  httpDate?: boolean;
}

const hashOf = (body = "") => createHash("sha256").update(body).digest("hex");

/** Headers as they come from Node. */
export const rawHeadersOf = (headers: Readonly<Record<string, string>>) => Object.entries(headers).flat();

/** The request's headers with those that sign it. All headers are signed. */
export function signHeaders(request: UnsignedRequest, signer: Signer): Record<string, string> {
  const { region = "us-east-1", service = "ses", sessionToken, now, payloadHash = hashOf(request.body) } = signer;
  const timestamp = compact(now);
  const headers: Record<string, string> = {
    ...request.headers,
    ...(signer.httpDate ? { date: now.toUTCString() } : { "x-amz-date": timestamp }),
    ...(signer.hashUnstated ? {} : { "x-amz-content-sha256": payloadHash }),
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort()
    .join(";");
  const { method, target } = request;
  const canonical = canonicalRequest({ method, target, rawHeaders: rawHeadersOf(headers) }, names, payloadHash) ?? "";
  const scope = { date: timestamp.slice(0, 8), region, service };
  const signature = signatureOf(canonical, timestamp, scope, signingKeyOf(signer.secretAccessKey, scope));
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/${scopeText(scope)}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The request's target with what signs it for some seconds; the host alone of the headers is signed. */
export function presign(request: UnsignedRequest, signer: Signer, seconds: number | undefined): string {
  const { region = "us-east-1", service = "ses", sessionToken, now } = signer;
  const timestamp = compact(now);
  const scope = { date: timestamp.slice(0, 8), region, service };
  const parameters = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${signer.accessKeyId}/${scopeText(scope)}`,
    "X-Amz-Date": timestamp,
    "X-Amz-SignedHeaders": "host",
    ...(seconds === undefined ? {} : { "X-Amz-Expires": String(seconds) }),
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    ...(signer.payloadHash === undefined ? {} : { "X-Amz-Content-Sha256": signer.payloadHash }),
  });
  const target = `${request.target}${request.target.includes("?") ? "&" : "?"}${parameters}`;
  const { method, headers, body } = request;
  const payloadHash = signer.payloadHash ?? hashOf(body);
  const canonical = canonicalRequest({ method, target, rawHeaders: rawHeadersOf(headers) }, "host", payloadHash) ?? "";
  return `${target}&X-Amz-Signature=${signatureOf(canonical, timestamp, scope, signingKeyOf(signer.secretAccessKey, scope))}`;
}
