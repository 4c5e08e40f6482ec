/**
 * Refuses signatures of versions 2 and 3, as SES does since 2021: they are weaker, and version 3 of SES signs only the
 * date. Clients that old exist in numbers, so the error says what to do. So does the one for version 4A, with which SDKs
 * sign requests to multi-region endpoints.
 */
import type { FastifyRequest } from "fastify";
import { errors } from "../contract/errors.ts";

/** Throws if the request's headers or its query have a signature of version 2 or 3. */
export function refuseOldSignature({ headers, raw }: FastifyRequest): void {
  const stated = headers["x-amzn-authorization"] ?? headers.authorization;
  if (typeof stated === "string" && /^AWS3(-HTTPS)?\b/.test(stated)) throw errors.signatureVersion(3);
  refuseOldParameters(new URLSearchParams((raw.url ?? "").split("?")[1]));
}

/** Throws if the parameters, of a query or a form, are signed with version 2. */
export function refuseOldParameters(parameters: { has(name: string): boolean }): void {
  if (parameters.has("AWSAccessKeyId") && parameters.has("Signature")) throw errors.signatureVersion(2);
}

/** Throws if the request's headers or its query have a signature of version 4A. */
export function refuseMultiRegionSignature({ headers, raw }: FastifyRequest): void {
  if (headers.authorization?.startsWith(multiRegion) || presigned.test(raw.url ?? ""))
    throw errors.multiRegionSignature();
}

const multiRegion = "AWS4-ECDSA-P256-SHA256";
const presigned = new RegExp(`[?&]X-Amz-Algorithm=${multiRegion}(&|$)`, "i");
