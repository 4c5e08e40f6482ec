/** A message or an address can't be sent. The error text can be shown to the client; it is SES's where known. */
export class MailError extends Error {
  override readonly name = "MailError";
}

/** A message has content that SES does not send: an attachment of a type that it does not support. */
export class RejectedContentError extends MailError {
  constructor() {
    super("Message contains invalid content.");
  }
}
