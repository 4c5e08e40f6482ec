/** What a rule makes of a call: errors of the APIs, a reply over SMTP, a connection that breaks. */
import type { FaultEffect } from "../admin-api/faults.ts";
import { type ErrorCode, isErrorCode, ServiceError } from "../contract/errors/service-error.ts";
import { errors } from "../contract/errors.ts";
import { isQueryErrorCode, QueryApiError, type QueryErrorCode } from "../contract/v1/errors.ts";
import { mapError } from "../contract/v1/map-error.ts";
import { type FaultPoint, smtpOperation } from "./points.ts";

/** The connection is to break without an answer. */
export class ConnectionBreak extends Error {
  override name = "ConnectionBreak";
}

/** An SMTP client is to get this reply. */
export class SmtpFault extends Error {
  override name = "SmtpFault";
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** An error of the model, with the status that the rule says. */
class InjectedQueryError extends QueryApiError {
  override readonly status: number;

  constructor(code: QueryErrorCode, text: string | undefined, status: number | undefined) {
    super(code, text);
    this.status = status ?? new QueryApiError(code).status;
  }
}

/** An error of v2 and SMTP; `query` is what it is in v1. */
export class InjectedError extends ServiceError {
  override readonly status: number;
  readonly query: QueryApiError;

  constructor(code: string, text: string | undefined, status: number | undefined) {
    // A code that only v1 has is never told in v2: see `canTell`.
    const own: ErrorCode = isErrorCode(code) ? code : "BadRequestException";
    super(own, text);
    this.status = status ?? new ServiceError(own).status;
    const queryCode = isQueryErrorCode(code) ? code : mapError(new ServiceError(own, text)).code;
    this.query = new InjectedQueryError(queryCode, text, status);
  }
}

/** The effects that are errors. */
export type ErrorEffect = Extract<FaultEffect, { type: "throttle" | "reject" | "error" }>;

/** Whether an API has a way to tell the error: a code of v1 alone means nothing in v2 or over SMTP. */
export function canTell(effect: FaultEffect, api: "v1" | "v2" | "smtp"): boolean {
  if (effect.type !== "error" || effect.code === undefined) return true;
  return isErrorCode(effect.code) || (api === "v1" && isQueryErrorCode(effect.code));
}

/** The error of a rule, with SES's text unless the rule has one. */
export function errorOf(effect: ErrorEffect, point: FaultPoint): InjectedError {
  const code = codeOf(effect);
  const status = effect.type === "error" ? effect.status : undefined;
  return new InjectedError(code, effect.message ?? textOf(code, point), status);
}

function codeOf(effect: ErrorEffect): string {
  if (effect.type === "throttle") return "TooManyRequestsException";
  if (effect.type === "reject") return "MessageRejected";
  return effect.code ?? (effect.status === 503 ? "ServiceUnavailableException" : "InternalServiceErrorException");
}

/** SES's text where it does not depend on the cause; undefined for codes that SES always gives with details. */
function textOf(code: string, point: FaultPoint): string | undefined {
  switch (code) {
    case "TooManyRequestsException":
    case "Throttling":
      return sends(point) ? errors.sendRateExceeded().text : errors.rateExceeded().text;
    case "LimitExceededException":
    case "LimitExceeded":
      return sends(point) ? errors.dailyQuotaExceeded().text : undefined;
    case "AccountSuspendedException":
      return errors.accountSuspended().text;
    case "SendingPausedException":
    case "AccountSendingPausedException":
      return errors.accountSendingPaused().text;
    case "MessageRejected":
      return errors.messageRejected().text;
    case "MailFromDomainNotVerifiedException":
      return errors.mailFromUnverified().text;
    case "ServiceUnavailableException":
    case "ServiceUnavailable":
      return errors.serviceUnavailable().text;
    case "InternalServiceErrorException":
    case "InternalFailure":
      return errors.internal().text;
    case "ExpiredTokenException":
    case "ExpiredToken":
      return errors.tokenExpired().text;
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
      return errors.keyUnknown().text;
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
      return errors.signatureMismatch().text;
    default:
      return undefined;
  }
}

const sending: ReadonlySet<string> = new Set([
  "SendEmail",
  "SendRawEmail",
  "SendTemplatedEmail",
  "SendBulkEmail",
  "SendBulkTemplatedEmail",
  smtpOperation,
]);

/** Whether the operation sends mail. */
export function isSend(operation: string): boolean {
  return sending.has(operation);
}

function sends(point: FaultPoint): boolean {
  return point.at === "smtp" || isSend(point.operation);
}
