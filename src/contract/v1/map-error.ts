/**
 * Maps the errors of code that v1 and v2 share to those of v1. v2's codes are general (NotFoundException), v1's name the
 * resource (TemplateDoesNotExist), so what v1 tells apart is recognized by the maker of the error.
 */

import { type ErrorCode, ServiceError } from "../errors/service-error.ts";
import { errors } from "../errors.ts";
import { QueryApiError, type QueryErrorCode } from "./errors.ts";

/** v1's code for each of v2's, unless the error is one of `particular`. */
const generally: Readonly<Record<ErrorCode, QueryErrorCode>> = {
  AccessDeniedException: "AccessDenied",
  AccountSuspendedException: "AccountSendingPausedException",
  AlreadyExistsException: "AlreadyExists",
  BadRequestException: "InvalidParameterValue",
  ConcurrentModificationException: "InternalFailure",
  ConflictException: "InvalidParameterValue",
  ExpiredTokenException: "ExpiredToken",
  IncompleteSignatureException: "IncompleteSignature",
  InternalServiceErrorException: "InternalFailure",
  InvalidNextTokenException: "InvalidParameterValue",
  InvalidSignatureException: "SignatureDoesNotMatch",
  LimitExceededException: "LimitExceeded",
  MailFromDomainNotVerifiedException: "MailFromDomainNotVerifiedException",
  MessageRejected: "MessageRejected",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  NotFoundException: "InvalidParameterValue",
  NotImplementedException: "NotImplemented",
  RequestEntityTooLargeException: "RequestEntityTooLarge",
  RequestTimeoutException: "RequestTimeout",
  SendingPausedException: "AccountSendingPausedException",
  SerializationException: "MalformedInput",
  ServiceUnavailableException: "ServiceUnavailable",
  TooManyRequestsException: "Throttling",
  UnknownOperationException: "InvalidAction",
  UnrecognizedClientException: "InvalidClientTokenId",
  UnsupportedMediaTypeException: "MalformedInput",
  ValidationException: "ValidationError",
};

/** An error of v2 whose text contains values, and what v1 makes of it. */
interface Particular {
  readonly from: ErrorCode;
  readonly pattern: RegExp;
  readonly code: QueryErrorCode;
  /** The names of v1's elements that have the values, in the order of the maker's parameters. */
  readonly members: readonly string[];
}

/** Recognizes what `maker` makes: its text, with any values in it. */
function particular(
  maker: (...values: string[]) => ServiceError,
  code: QueryErrorCode,
  ...members: string[]
): Particular {
  const marks = ["\u0001", "\u0002"] as const;
  const { code: from, text = "" } = maker(...marks);
  const pattern = text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(marks[0], "(?<first>.*)")
    .replace(marks[1], "(?<second>.*)");
  return { from, pattern: new RegExp(`^${pattern}$`, "s"), code, members };
}

const particulars: readonly Particular[] = [
  particular(errors.configurationSetExists, "ConfigurationSetAlreadyExists", "ConfigurationSetName"),
  particular(errors.configurationSetNotFound, "ConfigurationSetDoesNotExist", "ConfigurationSetName"),
  particular(errors.defaultConfigurationSetNotFound, "ConfigurationSetDoesNotExist", "ConfigurationSetName"),
  particular(errors.configurationSetName, "InvalidConfigurationSet"),
  particular(errors.configurationSetNameMissing, "InvalidConfigurationSet"),
  particular(errors.configurationSetNameTooLong, "InvalidConfigurationSet"),
  particular(errors.configurationSetSendingPaused, "ConfigurationSetSendingPausedException", "ConfigurationSetName"),
  particular(
    errors.eventDestinationExists,
    "EventDestinationAlreadyExists",
    "EventDestinationName",
    "ConfigurationSetName",
  ),
  particular(
    errors.eventDestinationNotFound,
    "EventDestinationDoesNotExist",
    "EventDestinationName",
    "ConfigurationSetName",
  ),
  particular(errors.redirectDomainMissing, "InvalidTrackingOptions"),
  particular(errors.redirectDomainNotVerified, "InvalidTrackingOptions"),
  particular(errors.templateExists, "AlreadyExists", "Name"),
  particular(errors.templateNotFound, "TemplateDoesNotExist", "TemplateName"),
  particular(errors.identityExists, "AlreadyExists", "Name"),
  particular(errors.dailyQuotaExceeded, "Throttling"),
  particular(errors.fromAddressNotVerified, "FromEmailAddressNotVerified", "FromEmailAddress"),
  particular(
    errors.verificationTemplateExists,
    "CustomVerificationEmailTemplateAlreadyExists",
    "CustomVerificationEmailTemplateName",
  ),
  ...[errors.verificationTemplateNotFound, errors.verificationTemplateOfMailNotFound].map((maker) =>
    particular(maker, "CustomVerificationEmailTemplateDoesNotExist", "CustomVerificationEmailTemplateName"),
  ),
  particular(errors.verificationContent, "CustomVerificationEmailInvalidContent"),
];

/** What an operation of v1 makes of a bad request that is not one of `particulars`: its own code, with these elements. */
export interface Refusal {
  readonly code: QueryErrorCode;
  readonly members: Readonly<Record<string, string>>;
}

/** Does what an operation shares with v2. Rethrows its errors as those of v1, a bad request as `refusal`. */
export async function refusedAs<Result>(refusal: Refusal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ServiceError ? mapError(error, refusal) : error;
  }
}

/** What an error of shared code is in SES v1, with the same text. */
export function mapError(error: ServiceError, refusal?: Refusal): QueryApiError {
  const { code, text } = error;
  for (const { from, pattern, code: to, members } of particulars) {
    const match = from === code && text !== undefined ? pattern.exec(text) : null;
    if (match === null) continue;
    const values = [match.groups?.first ?? "", match.groups?.second ?? ""];
    return new QueryApiError(to, text, Object.fromEntries(members.map((name, index) => [name, values[index] ?? ""])));
  }
  if (refusal && code === "BadRequestException") return new QueryApiError(refusal.code, text, refusal.members);
  return new QueryApiError(generally[code], told(code, text));
}

/** Clients without a signature of version 4 are often too old to make one: AWS's text says nothing about that. */
function told(code: ErrorCode, text: string | undefined): string | undefined {
  if (code !== "MissingAuthenticationTokenException") return text;
  return `${text}: requests must be signed with Signature Version 4 (earlier versions are not accepted).`;
}

/** The error of v1 for anything thrown. `unexpected` is called with a defect, which becomes an internal error. */
export function queryErrorOf(error: unknown, unexpected: (error: unknown) => void): QueryApiError {
  if (error instanceof QueryApiError) return error;
  if (error instanceof ServiceError) return mapError(error);
  unexpected(error);
  return mapError(errors.unexpected(error));
}
