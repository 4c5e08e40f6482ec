/** An error that clients can see: its code, HTTP status and text. */

/** The HTTP status of each code, as declared by SES's model or, below the comment, by its front end. */
const statusOf = {
  AccountSuspendedException: 400,
  AlreadyExistsException: 400,
  BadRequestException: 400,
  ConcurrentModificationException: 500,
  ConflictException: 409,
  InternalServiceErrorException: 500,
  InvalidNextTokenException: 400,
  LimitExceededException: 400,
  MailFromDomainNotVerifiedException: 400,
  MessageRejected: 400,
  NotFoundException: 404,
  SendingPausedException: 400,
  TooManyRequestsException: 429,
  // In no operation's model.
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 400,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  RequestEntityTooLargeException: 413,
  RequestTimeoutException: 408,
  SerializationException: 400,
  ServiceUnavailableException: 503,
  UnknownOperationException: 404,
  UnsupportedMediaTypeException: 415,
  ValidationException: 400,
  NotImplementedException: 501,
} as const;

/** The name of an error shape, as sent in `X-Amzn-Errortype`. */
export type ErrorCode = keyof typeof statusOf;

/** Whether v2 has an error of this name. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(statusOf, code);
}

/** An error that is reported to the caller. Any other thrown error is a defect and becomes an internal error. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** Undefined if SES sends this error without a text; the body then has none. */
  readonly text: string | undefined;
  /** The member of the body that contains the text. */
  readonly textMember: "message" | "Message";

  constructor(code: ErrorCode, text?: string, textMember: ServiceError["textMember"] = "message") {
    super(text ?? code);
    this.name = code;
    this.textMember = textMember;
    this.code = code;
    this.status = statusOf[code];
    this.text = text;
  }
}

export const badRequest = (text?: string) => new ServiceError("BadRequestException", text);
export const notFound = (text: string) => new ServiceError("NotFoundException", text);
export const alreadyExists = (text: string) => new ServiceError("AlreadyExistsException", text);
export const limitExceeded = (text: string) => new ServiceError("LimitExceededException", text);
export const sendingPaused = (text: string) => new ServiceError("SendingPausedException", text);
