/** What was asked of a webhook can't be done. The message is for people. */
export class WebhookError extends Error {
  override name = "WebhookError";
  /** 400: the request is invalid. 404: there is no such thing. 409: not in this state. 503: not on this server. */
  readonly status: 400 | 404 | 409 | 503;

  constructor(status: 400 | 404 | 409 | 503, message: string) {
    super(message);
    this.status = status;
  }
}
