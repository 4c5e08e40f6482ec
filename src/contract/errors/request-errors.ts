/** Errors about requests in general, and faults on demand. */
import { DamagedData } from "../../common/damaged-data.ts";
import { badRequest, ServiceError } from "./service-error.ts";

export const requestErrors = {
  internal: () => new ServiceError("InternalServiceErrorException", "An internal error occurred. Try again later."),
  /** For any error that is not one of these. Damaged data is told as such: trying again does not help. */
  unexpected: (error: unknown) =>
    error instanceof DamagedData
      ? new ServiceError("InternalServiceErrorException", error.message)
      : requestErrors.internal(),

  // Wire format
  serialization: (text?: string) => new ServiceError("SerializationException", text),
  constraints: (violations: readonly string[]) =>
    badRequest(
      `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected: ${violations.join("; ")}`,
    ),
  unknownOperation: () => new ServiceError("UnknownOperationException"),
  notWritten: (operation: string) =>
    new ServiceError("NotImplementedException", `Mailglass does not support ${operation} yet.`),
  bodyTooLarge: (limit: number) =>
    new ServiceError("RequestEntityTooLargeException", `The request body is larger than ${limit} bytes.`),
  bodyIncomplete: () => new ServiceError("SerializationException", "The request body ended early."),
  bodyLength: () => new ServiceError("SerializationException", "The request body does not have its Content-Length."),
  bodyStalled: () => new ServiceError("RequestTimeoutException", "The client stopped sending the request body."),
  tooManyBodies: () =>
    new ServiceError("ServiceUnavailableException", "The server is reading too many large requests. Try again later."),
  unsupportedMediaType: (type: string) =>
    new ServiceError("UnsupportedMediaTypeException", `The content type ${JSON.stringify(type)} is not supported.`),

  // API call rate: the text that users of SES see (it differs from the text for sending rates)
  rateExceeded: () => new ServiceError("TooManyRequestsException", "Rate exceeded"),

  // Faults on demand, for which there is no cause that a text could name; the texts are those of the model and of AWS's
  // front ends.
  messageRejected: () => new ServiceError("MessageRejected", "Email address is not verified."),
  accountSuspended: () =>
    new ServiceError(
      "AccountSuspendedException",
      "The message can't be sent because the account's ability to send email has been permanently restricted.",
    ),
  mailFromUnverified: () =>
    new ServiceError(
      "MailFromDomainNotVerifiedException",
      "The message can't be sent because the sending domain isn't verified.",
    ),
  serviceUnavailable: () =>
    new ServiceError("ServiceUnavailableException", "The request has failed due to a temporary failure of the server."),
} as const;
