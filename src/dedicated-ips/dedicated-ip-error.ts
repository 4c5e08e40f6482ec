/** What was asked of a dedicated IP address can't be done. The message is for people. */
export class DedicatedIpError extends Error {
  override name = "DedicatedIpError";
  /** 400: the request is invalid. 404: there is no such address. 409: not as things are. */
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}
