/** What a failed call to an AWS service means for the events that it carried, and for the operator. */

/** Where a call publishes to, as error texts name it. */
export interface CallTarget {
  /** Such as `SNS topic arn:aws:sns:...`. */
  readonly name: string;
  /** What the caller needs to be allowed, such as `sns:Publish`. */
  readonly permission: string;
  /** The setting that names it: `destination` unless given. */
  readonly setting?: string;
}

export type FailureKind =
  /** The target does not exist. */
  | "missing"
  /** The target does not admit us. */
  | "denied"
  /** An event, or the call as a whole, is too large. */
  | "too-large"
  /** There are no credentials, or the service does not accept them. */
  | "credentials"
  | "unreachable"
  | "throttled"
  /** The fault is the service's own. */
  | "service"
  /** The service does not know the operation. */
  | "unknown-operation"
  /** Any other refusal. */
  | "refused";

export interface Failure {
  readonly kind: FailureKind;
  /** The error's name without `Exception`, such as `Throttling`. */
  readonly code: string;
  /** One sentence for the operator, without secrets. */
  readonly error: string;
}

/** No credentials could be loaded. */
export class NoCredentials extends Error {
  override name = "NoCredentials";

  /** @param cause the SDK's error; undefined if there was no answer in time */
  constructor(cause: unknown) {
    const told = cause instanceof Error ? cause.message : "no answer in time";
    // What the SDK says if nothing is configured at all.
    const reason = /from any providers/.test(told) ? "" : ` (${clipped(told)})`;
    super(`no AWS credentials${reason}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile`, { cause });
  }
}

/** Services spell the same cause in several ways. */
const codesOf: readonly (readonly [FailureKind, readonly string[]])[] = [
  [
    "missing",
    ["NonExistentQueue", "NonExistentTopic", "NoSuchBucket", "NotFound", "QueueDoesNotExist", "ResourceNotFound"],
  ],
  ["denied", ["AccessDenied", "AuthorizationError", "KMSAccessDenied", "KmsAccessDenied", "NotAuthorized"]],
  ["too-large", ["BatchRequestTooLong", "EntityTooLarge", "RequestEntityTooLarge", "RequestTooLarge"]],
  [
    "credentials",
    [
      "ExpiredToken",
      "IncompleteSignature",
      "InvalidAccessKeyId",
      "InvalidClientTokenId",
      "InvalidSecurity",
      "InvalidSignature",
      "InvalidToken",
      "MissingAuthenticationToken",
      "RequestExpired",
      "SignatureDoesNotMatch",
      "UnrecognizedClient",
    ],
  ],
  [
    "throttled",
    ["KMSThrottling", "LimitExceeded", "RequestLimitExceeded", "Throttled", "Throttling", "TooManyRequests"],
  ],
  ["service", ["Internal", "InternalError", "InternalFailure", "InternalServiceFault", "ServiceUnavailable"]],
  ["unknown-operation", ["InvalidAction", "NotImplemented", "UnknownOperation", "UnsupportedOperation"]],
];
const kindsByCode = new Map(codesOf.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)));

/** The codes of invalid input; only their texts tell that a size was the reason. */
const invalidInput = ["InvalidArgument", "InvalidParameter", "InvalidParameterValue", "Validation"];
const sizeText = /too (long|large)|over the limit|(size|length)[^.]* exceed|exceed[^.]* (size|length)/i;

/** What an error that a call threw means. */
export function failureOf(thrown: unknown, target: CallTarget): Failure {
  if (thrown instanceof NoCredentials) return { kind: "credentials", code: thrown.name, error: thrown.message };
  if (!(thrown instanceof Error)) return { kind: "refused", code: "", error: `${target.name}: the call failed` };
  if (thrown.name === "TimeoutError" || thrown.name === "AbortError") {
    return { kind: "unreachable", code: thrown.name, error: `${target.name}: no answer in time` };
  }
  const status = statusOf(thrown);
  if (status === undefined) {
    const code = textMember(thrown, "code");
    if (code === undefined) {
      return {
        kind: "refused",
        code: thrown.name,
        error: `${target.name}: the call failed (${clipped(thrown.message)})`,
      };
    }
    const place = textMember(thrown, "hostname") ?? textMember(thrown, "address");
    const error = `${target.name}: the service can't be reached (${code}${place === undefined ? "" : `, ${place}`})`;
    return { kind: "unreachable", code, error };
  }
  if (status < 300) {
    const error = `${target.name}: the answer can't be read; is the endpoint that of the service?`;
    return { kind: "service", code: thrown.name, error };
  }
  // For any answer with the status 404 the query protocol's errors are named NotFound. Those of a service have a Code.
  const anonymous = Object.hasOwn(thrown, "Code") && textMember(thrown, "Code") === undefined;
  const code = anonymous ? `HTTP ${status}` : thrown.name;
  return answeredFailure({ code, message: thrown.message, status }, target);
}

/** What an error in the service's answer means: of a call, or of one of its entries. */
export function answeredFailure(
  answer: { readonly code: string; readonly message?: string | undefined; readonly status?: number },
  target: CallTarget,
): Failure {
  const { message = "", status } = answer;
  const code = answer.code.replace(/^.*[.#]/, "").replace(/(Exception|Fault)$/, "");
  const kind = kindsByCode.get(code) ?? kindByText(code, message) ?? kindByStatus(status);
  const told = clipped(message);
  const detail = told === "" ? code : `${code}: ${told}`;
  const { name, permission, setting = "destination" } = target;
  switch (kind) {
    case "missing":
      return { kind, code, error: `${name} does not exist: create it, or change the ${setting}` };
    case "denied":
      return { kind, code, error: `${name}: access was denied; allow ${permission} for Mailglass's AWS credentials` };
    case "too-large":
      return { kind, code, error: `${name}: the event is too large for the service` };
    case "credentials":
      // The message may contain what was signed, and with it a session token.
      return { kind, code, error: `${name}: the service does not accept the AWS credentials (${code})` };
    case "throttled":
      return { kind, code, error: `${name}: the service limits the rate of calls (${code})` };
    case "service":
      return { kind, code, error: `${name}: the service failed (${status === undefined ? detail : `HTTP ${status}`})` };
    default:
      return { kind, code, error: `${name}: the service refused the call (${detail})` };
  }
}

function kindByText(code: string, message: string): FailureKind | undefined {
  return invalidInput.includes(code) && sizeText.test(message) ? "too-large" : undefined;
}

function kindByStatus(status: number | undefined): FailureKind {
  if (status === undefined) return "refused";
  if (status === 413) return "too-large";
  if (status === 429) return "throttled";
  if (status === 501) return "unknown-operation";
  return status >= 500 ? "service" : "refused";
}

/** The HTTP status of the answer that the SDK's error is about; undefined if there was no answer. */
function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error)) return undefined;
  const { $metadata } = error;
  if (typeof $metadata !== "object" || $metadata === null || !("httpStatusCode" in $metadata)) return undefined;
  return typeof $metadata.httpStatusCode === "number" ? $metadata.httpStatusCode : undefined;
}

function textMember(error: Error, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first line of a text, for an error of one line. */
function clipped(text: string): string {
  const [line = ""] = text.trim().split(/[\r\n]/, 1);
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
