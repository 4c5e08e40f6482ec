/** What was asked of the mirror can't be done. The message is for people. */
export class MirrorError extends Error {
  override name = "MirrorError";
  /** 400: the request is invalid. 404: there is no such thing. 409: not in this state. */
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}
