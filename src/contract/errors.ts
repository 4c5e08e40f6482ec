/**
 * Every error that a client can see, made in this one table: code, HTTP status and text.
 * The texts are SES's own where they are known.
 */

/** The codes with their HTTP status, as SES's model (and, below the line, its front end) declares them. */
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
  // Not in the model of any operation.
  AccessDeniedException: 403,
  RequestEntityTooLargeException: 413,
  SerializationException: 400,
  UnknownOperationException: 404,
  UnsupportedMediaTypeException: 415,
  NotImplementedException: 501,
} as const;

/** The name of an error shape, as it goes out in `X-Amzn-Errortype`. */
export type ErrorCode = keyof typeof statusOf;

/** An error that the caller is told of. Anything else that is thrown is a defect and answers an internal error. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** SES leaves the text out of some errors; then so does the body. */
  readonly text: string | undefined;

  constructor(code: ErrorCode, text?: string) {
    super(text ?? code);
    this.name = code;
    this.code = code;
    this.status = statusOf[code];
    this.text = text;
  }
}

const badRequest = (text?: string) => new ServiceError("BadRequestException", text);
const notFound = (text: string) => new ServiceError("NotFoundException", text);

/** The errors by what went wrong. Call one and throw what it returns. */
export const errors = {
  internal: () => new ServiceError("InternalServiceErrorException", "An internal error occurred. Try again later."),

  // The wire
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
  unsupportedMediaType: (type: string) =>
    new ServiceError("UnsupportedMediaTypeException", `The content type ${JSON.stringify(type)} is not supported.`),

  // Virtual Deliverability Manager
  vdmDisabled: () => notFound("To use this feature you must enable Virtual Deliverability Manager"),
  vdmDisabledForExports: () => badRequest("To use this feature you must enable Virtual Deliverability Manager"),
  messageNotFound: (id: string, account: string) => notFound(`Message <${id}> not found for account <${account}>`),

  // Export jobs
  oneDataSource: () => badRequest("One data source must be provided"),
  customS3Url: () => badRequest("Providing a custom S3 URL is not supported"),
  invalidDateRange: () => badRequest("Invalid date range"),
  partialDays: () =>
    badRequest(
      "To get daily aggregated data you must not specify partial-day timestamps. Please make your interval go from midnight to midnight UTC.",
    ),
  intervalTooLong: () =>
    badRequest("Invalid interval, can request at most 60 days. Please partition your requested interval."),
  tooManyExportJobs: (source: string) =>
    new ServiceError(
      "LimitExceededException",
      `There are too many <${source}> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.`,
    ),
  invalidJobId: () => badRequest("Invalid JobId"),
  exportJobEnded: (status: string) => badRequest(`Cannot cancel an export job that has a <${status}> status.`),
  exportPageSize: () => badRequest("PageSize must be between 1 and 100"),
  exportToken: () => badRequest("Failed to deserialize token. "),
} as const;
