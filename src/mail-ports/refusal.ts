/** A reply other than 250 to an SMTP client. Anything else that is thrown is a defect, and answers 451. */
export class SmtpRefusal extends Error {
  override readonly name = "SmtpRefusal";
  /** The reply's three digits; 421 closes the connection (RFC 5321, 3.8). */
  readonly responseCode: number;

  /** `text` goes to the client behind the code: one line, what is not printable ASCII as `?`. */
  constructor(responseCode: number, text: string) {
    super(replyText(text));
    this.responseCode = responseCode;
  }
}

/** A reply line has 512 octets with its code and line end (RFC 5321, 4.5.3.1.5); some are left for an enhanced code. */
const maxText = 490;

/** A text that is fit for one line of a reply. */
export function replyText(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, maxText);
}
