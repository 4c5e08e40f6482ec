/** A message or an address that cannot be sent. The text is fit for the client, SES's own where it is known. */
export class MailError extends Error {
  override readonly name = "MailError";
}
