/** Errors about authentication, accounts and regions. */
import { badRequest, limitExceeded, ServiceError } from "./service-error.ts";

const incompleteSignature = (text: string) => new ServiceError("IncompleteSignatureException", text);
const invalidSignature = (text: string) => new ServiceError("InvalidSignatureException", text);
export const authenticationErrors = {
  // Authentication: texts of AWS's front ends, except where noted
  authenticationMissing: () => new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token"),
  keyUnknown: () =>
    new ServiceError("UnrecognizedClientException", "The security token included in the request is invalid."),
  tokenExpired: () =>
    new ServiceError("ExpiredTokenException", "The security token included in the request is expired"),
  signatureTwice: () =>
    invalidSignature("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."),
  signatureMismatch: () =>
    invalidSignature(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
  signatureExpired: (signed: string, earliest: string, now: string, age: string) =>
    invalidSignature(`Signature expired: ${signed} is now earlier than ${earliest} (${now} - ${age}.)`),
  signatureNotYetCurrent: (signed: string, latest: string, now: string, age: string) =>
    invalidSignature(`Signature not yet current: ${signed} is still later than ${latest} (${now} + ${age}.)`),
  headerNotSigned: (name: string) => invalidSignature(`${name} must be a 'SignedHeader' in the AWS Authorization.`),
  credentialScope: (faults: readonly string[]) => invalidSignature(faults.join(" ")),
  authorizationPair: (digest: string) =>
    incompleteSignature(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${digest}'.`,
    ),
  authorizationIncomplete: (missing: readonly string[], dateMissing: boolean, digest: string) =>
    incompleteSignature(
      [
        ...missing.map((name) => `Authorization header requires '${name}' parameter.`),
        ...(dateMissing
          ? ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]
          : []),
        `(Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`,
      ].join(" "),
    ),
  signedQueryIncomplete: (missing: readonly string[]) =>
    incompleteSignature(
      `${missing.map((name) => `AWS query-string parameters must include '${name}'. `).join("")}Re-examine the query-string parameters.`,
    ),
  signatureAlgorithm: (given: string) =>
    incompleteSignature(`Unsupported AWS 'algorithm': '${given}' (only AWS4-HMAC-SHA256 for now).`),
  signatureDate: (given: string) =>
    incompleteSignature(
      `Date must be in ISO-8601 'basic format'. Got '${given}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    ),
  credentialElements: (given: string) =>
    incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${given}'`,
    ),
  // S3's text.
  signatureLifetime: (limit: number) =>
    incompleteSignature(`X-Amz-Expires must be a number of seconds, at least 1 and at most ${limit} (a week)`),
  // From here on, our own texts. The first has the meaning of SES's text for version 3.
  signatureVersion: (version: number) =>
    incompleteSignature(
      `Signature Version ${version} is not accepted: requests must be signed with Signature Version 4. If you sign requests yourself, see "AWS Signature Version 4" in AWS's documentation; if not, update your SDK or library.`,
    ),
  multiRegionSignature: () =>
    incompleteSignature(
      "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not accepted: requests must be signed with Signature Version 4 for one region. SDKs use Version 4A for multi-region endpoints, which Mailglass doesn't have: leave EndpointId out of the request.",
    ),
  payloadHash: () =>
    incompleteSignature("x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256 hash in lower-case hexadecimal"),
  commandKeyOnly: () =>
    new ServiceError(
      "AccessDeniedException",
      "Only the command `mailglass keys`, which signs with the server's master key, can manage access keys.",
    ),
  notForCommandKey: () =>
    new ServiceError("AccessDeniedException", "The key of the server's own commands can only call the admin API."),
  signInRefused: () =>
    new ServiceError("UnrecognizedClientException", "There is no active access key with this ID and this secret."),
  signInTemporary: () =>
    new ServiceError("AccessDeniedException", "A temporary access key can't sign in here: use a long-term one."),
  sessionEnded: () => new ServiceError("ExpiredTokenException", "The session has ended: sign in again."),
  csrfToken: () =>
    new ServiceError(
      "AccessDeniedException",
      "The x-csrf-token header must contain the session's token from GET /session.",
    ),
  crossSite: () =>
    new ServiceError("AccessDeniedException", "A web page of another site can't call this server through a browser."),
  hostUnknown: () =>
    new ServiceError(
      "AccessDeniedException",
      "Authentication is off, and the request's host name may belong to somebody else. If the name is correct, set MAILGLASS_PUBLIC_URL.",
    ),

  // Accounts and regions
  accountLimit: (limit: number) =>
    limitExceeded(
      `There are ${limit} accounts, the maximum. Use the access key ID of an existing account, or delete one with \`mailglass accounts delete\`.`,
    ),
  regionLimit: (account: string, limit: number) =>
    limitExceeded(`The account <${account}> uses ${limit} regions, the maximum.`),
  accountUnknown: (account: string) => badRequest(`There is no account <${account}>.`),
  regionNotServed: (region: string) =>
    badRequest(`The region <${region}> is not served. MAILGLASS_REGIONS names the regions of this server.`),
  scopeParameter: (name: string) => badRequest(`The parameter ${name} may be given once.`),
  otherAccount: (account: string) =>
    new ServiceError("AccessDeniedException", `An access key of the account <${account}> can't see other accounts.`),
  operatorsOnly: () =>
    new ServiceError(
      "AccessDeniedException",
      "This concerns the whole server, so it requires an access key of the default account.",
    ),
} as const;
