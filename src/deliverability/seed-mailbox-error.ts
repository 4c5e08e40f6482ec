/** A request about seed mailboxes can't be fulfilled. The message is for people. */
export class SeedMailboxError extends Error {
  override name = "SeedMailboxError";
  /** 400: the request is invalid. 404: not found. 409: not possible in the current state. */
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}
