/** A message or an address can't be sent. The error text can be shown to the client; it is SES's where known. */
export class MailError extends Error {
  override readonly name = "MailError";
}
