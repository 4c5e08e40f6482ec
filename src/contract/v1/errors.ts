/**
 * The errors of SES v1, beside those of v2 in `../errors.ts`: code, HTTP status, text and members. Codes follow the
 * model, in which some end in `Exception` and most do not. Texts are SES's own if they are known.
 */
import { errors } from "../errors.ts";
import type { ModelCode } from "./constraint-table.ts";
import { statusOfError } from "./model.ts";

/** The HTTP status of codes that no operation declares: those of AWS's front ends for the Query protocol. */
const statusOf = {
  AccessDenied: 403,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidParameterValue: 400,
  MalformedInput: 400,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  NotImplemented: 501,
  RequestEntityTooLarge: 413,
  RequestTimeout: 408,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
} as const;

/** The content of an error's `Code`. */
export type QueryErrorCode = ModelCode | keyof typeof statusOf;

/** Whether v1 has an error of this name. */
export function isQueryErrorCode(code: string): code is QueryErrorCode {
  return Object.hasOwn(statusOf, code) || statusOfError(code) !== undefined;
}

/** An error of SES v1 that is reported to the caller. */
export class QueryApiError extends Error {
  readonly code: QueryErrorCode;
  readonly status: number;
  /** Undefined if SES sends this error without a text. */
  readonly text: string | undefined;
  /** The error's further elements, such as `ConfigurationSetName`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(code: QueryErrorCode, text?: string, members: Readonly<Record<string, string>> = {}) {
    super(text ?? code);
    this.name = code;
    this.code = code;
    this.status = statusIn(statusOf, code) ?? statusOfError(code) ?? 400;
    this.text = text;
    this.members = members;
  }
}

function statusIn(table: Readonly<Record<string, number>>, code: string): number | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

const malformed = (text?: string) => new QueryApiError("MalformedInput", text);

/** Creates errors by their cause. Callers throw the result. Errors of code shared with v2 are mapped to these. */
export const v1Errors = {
  // Actions: the texts are those of other services with the Query protocol
  actionMissing: () => new QueryApiError("MissingAction", "The request is missing an action or a required parameter."),
  actionUnknown: (action: string, version: string) =>
    new QueryApiError("InvalidAction", `Could not find operation ${action} for version ${version}`),
  notWritten: (action: string) =>
    new QueryApiError("NotImplemented", `Mailglass does not support ${action} of the SES API v1 yet.`),

  // Tracking options
  trackingOptionsExist: (set: string) =>
    new QueryApiError(
      "TrackingOptionsAlreadyExistsException",
      `Configuration set <${set}> already has tracking options.`,
      { ConfigurationSetName: set },
    ),
  trackingOptionsNotFound: (set: string) =>
    new QueryApiError(
      "TrackingOptionsDoesNotExistException",
      `There are no tracking options for configuration set <${set}>`,
      { ConfigurationSetName: set },
    ),

  // Receiving mail: our own text, since SES can receive mail
  nothingReceived: (action: string, code: QueryErrorCode, members: Readonly<Record<string, string>> = {}) =>
    new QueryApiError(
      code,
      `Mailglass does not receive mail, so it refuses ${action}: it has no receipt rules, filters or received messages.`,
      members,
    ),

  // Parameters
  booleanMissing: () => malformed("missing value for boolean type"),
  booleanInvalid: () => malformed("boolean must follow xsd1.1 definition"),
  numberMissing: () => malformed("missing value for decimal type"),
  numberInvalid: () => malformed(),
  topLevelList: () => malformed("Top level element may not be treated as a list"),
  listExpected: () => malformed("Unexpected list element termination"),
  // Texts of other services with the Query protocol.
  structureExpected: () => malformed("Unexpected complex element termination"),
  timestampInvalid: () => malformed("timestamp must follow ISO8601"),
  // Our own texts.
  blobInvalid: () => malformed("A binary value must be base64."),
  notUtf8: () => malformed("The request's parameters are not percent-encoded UTF-8."),
  listIndex: () => malformed("The elements of a list must be numbered."),
  tooManyParameters: (limit: number) => malformed(`The request has more than ${limit} parameters.`),

  // Policies of identities: v2's texts with codes of v1.
  policyInvalid: (text?: string) => new QueryApiError("InvalidPolicy", text),
  policyLimit: (identity: string) => new QueryApiError("InvalidParameterValue", errors.policyLimit(identity).text),

  constraints: (violations: readonly string[]) =>
    new QueryApiError(
      "ValidationError",
      `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected: ${violations.join("; ")}`,
    ),
} as const;
