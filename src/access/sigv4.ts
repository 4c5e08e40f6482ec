/**
 * Verifies Signature Version 4 in the order of AWS's front ends: completeness, time, algorithm, region and service;
 * then, with the key, the signature.
 */
import { constantTimeEqual } from "../common/mac.ts";
import { errors } from "../contract/errors.ts";
import { canonicalRequest, type SignableRequest } from "./canonical-request.ts";
import { algorithm, type CredentialScope, signatureOf } from "./signature.ts";
import { readStatedSignature, type StatedSignature } from "./signed-request.ts";

/** A signature that passed all checks that need no key. */
export interface Claim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** When it was signed: `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** `UNSIGNED-PAYLOAD`, or the body's SHA-256 in hexadecimal; undefined if the body must be hashed first. */
  readonly payloadHash: string | undefined;
}

/** The regions and the service that requests must be signed for. */
export interface Audience {
  /** Whether the server serves a region. */
  serves(region: string): boolean;
  readonly service: string;
  /** Other names of the service that are accepted. */
  readonly aliases?: readonly string[];
}

/** What clients send instead of the body's hash if they did not sign it. */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

const skewMs = 5 * 60_000;
const longestSeconds = 7 * 24 * 3600;

/** Reads a request's signature and checks everything that needs no key. Throws the error that AWS returns. */
export function readClaim(request: SignableRequest, audience: Audience, now: Date): Claim {
  const stated = readStatedSignature(request);
  const signed = readDate(stated.date);
  checkTime(stated, signed, now);
  const timestamp = compact(signed);
  const names = stated.signedHeaders.split(";");
  if (!names.includes("host")) throw errors.headerNotSigned("'Host' or ':authority'");
  if (stated.algorithm !== algorithm) throw errors.signatureAlgorithm(stated.algorithm);
  const { accessKeyId, scope } = readCredential(stated.credential, audience, timestamp);
  const { form, sessionToken, payloadHash, signedHeaders, signature } = stated;
  // In the query, the token is signed with the rest of the query.
  if (form === "header" && sessionToken !== undefined && !names.includes("x-amz-security-token")) {
    throw errors.headerNotSigned("'X-Amz-Security-Token'");
  }
  if (payloadHash !== undefined && payloadHash !== unsignedPayload && !/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw errors.payloadHash();
  }
  return { accessKeyId, scope, timestamp, signedHeaders, signature, sessionToken, payloadHash };
}

/** Whether the signature matches this key, the request and the signed hash of its body. */
export function isSignedBy(
  signingKey: Uint8Array,
  request: SignableRequest,
  claim: Claim,
  payloadHash: string,
): boolean {
  const canonical = canonicalRequest(request, claim.signedHeaders, payloadHash);
  if (canonical === undefined) return false;
  return constantTimeEqual(signatureOf(canonical, claim.timestamp, claim.scope, signingKey), claim.signature);
}

/** Reads ISO 8601's basic format. A Date header may also use HTTP's format. */
function readDate(text: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const http = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text);
  const date = new Date(http ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A Date turns February 30 into March, which is not the date that was signed.
  if (Number.isNaN(date.getTime()) || (!http && compact(date) !== text)) throw errors.signatureDate(text);
  return date;
}

/** The instant as it is signed: `YYYYMMDDTHHMMSSZ`. */
export function compact(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

function checkTime({ form, expires }: StatedSignature, signed: Date, now: Date): void {
  const moved = (ms: number) => compact(new Date(now.getTime() + ms));
  if (signed.getTime() > now.getTime() + skewMs) {
    throw errors.signatureNotYetCurrent(compact(signed), moved(skewMs), moved(0), "5 min");
  }
  if (form === "query" && expires !== undefined) {
    const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
    if (seconds < 1 || seconds > longestSeconds) throw errors.signatureLifetime(longestSeconds);
    if (signed.getTime() + seconds * 1000 >= now.getTime()) return;
    throw errors.signatureExpired(compact(signed), moved(-seconds * 1000), moved(0), `${seconds} sec`);
  }
  if (signed.getTime() < now.getTime() - skewMs) {
    throw errors.signatureExpired(compact(signed), moved(-skewMs), moved(0), "5 min");
  }
}

function readCredential(credential: string, audience: Audience, timestamp: string) {
  const elements = credential.split("/");
  const [accessKeyId, date, region, service, terminator] = elements;
  if (elements.length !== 5 || !accessKeyId || date === undefined) throw errors.credentialElements(credential);
  const faults: string[] = [];
  if (region === undefined || !audience.serves(region)) {
    faults.push(`Credential should be scoped to a valid region, not '${region}'.`);
  }
  if (service === undefined || (service !== audience.service && audience.aliases?.includes(service) !== true)) {
    faults.push(`Credential should be scoped to correct service: '${audience.service}'.`);
  }
  if (terminator !== "aws4_request") {
    faults.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`);
  }
  const day = timestamp.slice(0, 8);
  if (date !== day) {
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${day}', from '${timestamp}'.`,
    );
  }
  if (faults.length > 0) throw errors.credentialScope(faults);
  return { accessKeyId, scope: { date, region: region ?? "", service: service ?? audience.service } };
}
