/** What a request to the server came to when it was not what was asked for. */

/** An error that the server answered, or that kept its answer away. Its message is for people. */
export class ApiError extends Error {
  override name = "ApiError";
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** SES's name of the error, such as `NotFoundException`; empty where the answer has none. */
  readonly code: string;

  constructor(message: string, status: number, code: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether what was asked for is not there. */
  get isNotFound(): boolean {
    return this.status === 404;
  }
}

/** The codes of answers to who is not, or no longer, signed in. */
const signedOut: ReadonlySet<string> = new Set(["MissingAuthenticationTokenException", "ExpiredTokenException"]);

/** Whether an error says that this browser has to sign in first. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && signedOut.has(error.code);
}
