/** Reads a request's signature from the Authorization header or, if presigned, from the query. */
import { createHash } from "node:crypto";
import { errors } from "../contract/errors.ts";
import { headerValue, type QueryParameter, queryParameters, type SignableRequest } from "./canonical-request.ts";

/** A signature as stated in the request; checked only for completeness. */
export interface StatedSignature {
  readonly form: "header" | "query";
  readonly algorithm: string;
  readonly credential: string;
  /** Names joined by semicolons, as stated. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** When it was signed, as stated. */
  readonly date: string;
  /** How long a presigned request is valid, as stated; undefined in the header form, and if it is left out. */
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  /** The stated hash of the body (`x-amz-content-sha256`); undefined if the hash of the body itself was signed. */
  readonly payloadHash: string | undefined;
}

const inQuery = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-SignedHeaders",
  "X-Amz-Date",
] as const;

/** Reads the signature. Throws if there is none, if there are two, or if a part is missing. */
export function readStatedSignature(request: SignableRequest): StatedSignature {
  const authorization = headerValue(request, "authorization");
  const parameters = queryParameters(request.target);
  const presigned = parameters.some(([name]) => name === "X-Amz-Algorithm");
  if (authorization === undefined) {
    const started = presigned || parameters.some(([name]) => name === "X-Amz-Credential" || name === "X-Amz-Signature");
    if (!started) throw errors.authenticationMissing();
    return readQuery(request, parameters);
  }
  if (presigned) throw errors.signatureTwice();
  if (!authorization.startsWith("AWS4-")) throw errors.authenticationMissing();
  return readHeader(request, authorization);
}

function readHeader(request: SignableRequest, authorization: string): StatedSignature {
  const digest = () => createHash("sha256").update(authorization, "latin1").digest("base64");
  const blank = authorization.indexOf(" ");
  const algorithm = blank < 0 ? authorization : authorization.slice(0, blank);
  const parts = new Map<string, string>();
  for (const piece of blank < 0 ? [] : authorization.slice(blank + 1).split(",")) {
    const equals = piece.indexOf("=");
    if (equals < 0) throw errors.authorizationPair(digest());
    parts.set(piece.slice(0, equals).trim(), piece.slice(equals + 1).trim());
  }
  const date = headerValue(request, "x-amz-date") ?? headerValue(request, "date");
  const { Credential = "", Signature = "", SignedHeaders = "" } = Object.fromEntries(parts);
  const missing = Object.entries({ Credential, Signature, SignedHeaders }).filter(([, value]) => value === "");
  if (missing.length > 0 || date === undefined) {
    throw errors.authorizationIncomplete(
      missing.map(([name]) => name),
      date === undefined,
      digest(),
    );
  }
  return {
    form: "header",
    algorithm,
    credential: Credential,
    signedHeaders: SignedHeaders,
    signature: Signature,
    date,
    expires: undefined,
    sessionToken: headerValue(request, "x-amz-security-token"),
    payloadHash: headerValue(request, "x-amz-content-sha256"),
  };
}

function readQuery(request: SignableRequest, parameters: readonly QueryParameter[]): StatedSignature {
  const parameter = (wanted: string) => parameters.find(([name]) => name === wanted)?.[1];
  const missing = inQuery.filter((name) => !parameter(name));
  if (missing.length > 0) throw errors.signedQueryIncomplete(missing);
  return {
    form: "query",
    algorithm: parameter("X-Amz-Algorithm") ?? "",
    credential: parameter("X-Amz-Credential") ?? "",
    signedHeaders: parameter("X-Amz-SignedHeaders") ?? "",
    signature: parameter("X-Amz-Signature") ?? "",
    date: parameter("X-Amz-Date") ?? "",
    expires: parameter("X-Amz-Expires"),
    sessionToken: parameter("X-Amz-Security-Token"),
    payloadHash: headerValue(request, "x-amz-content-sha256") ?? parameter("X-Amz-Content-Sha256"),
  };
}
