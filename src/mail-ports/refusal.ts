/** An error reply to an SMTP client. Any other error that a handler throws is a bug and causes a 451. */
export class SmtpRefusal extends Error {
  override readonly name = "SmtpRefusal";
  /** The three-digit reply code. 421 closes the connection (RFC 5321, 3.8). */
  readonly responseCode: number;

  /** `text` follows the code in a one-line reply. Characters other than printable ASCII become `?`. */
  constructor(responseCode: number, text: string) {
    super(replyText(text));
    this.responseCode = responseCode;
  }
}

/** In octets: a reply line may have 512 with code and CRLF (RFC 5321, 4.5.3.1.5), less room for an enhanced code. */
const maxText = 490;

/** Converts a text to one line of a reply. */
export function replyText(text: string): string {
  return text.replace(/[^ -~]/g, "?").slice(0, maxText);
}
