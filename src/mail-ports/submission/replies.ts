/** What SES's SMTP endpoint replies where its API answers an error ("SMTP response codes" of the developer guide). */
import { ServiceError } from "../../contract/errors.ts";
import { SmtpRefusal } from "../refusal.ts";

/** The replies that no error of the API stands behind. */
export const replies = {
  tlsMissing: () => new SmtpRefusal(530, "Must issue a STARTTLS command first"),
  loginMissing: () => new SmtpRefusal(530, "Authentication required"),
  loginWrong: () => new SmtpRefusal(535, "Authentication Credentials Invalid"),
  tooManyLogins: () => new SmtpRefusal(454, "Temporary authentication failure"),
  senderMissing: () => new SmtpRefusal(501, "Invalid MAIL FROM address provided"),
  notAscii: () => new SmtpRefusal(555, "SMTPUTF8 is not supported: addresses must be ASCII"),
  tooManyRecipients: () => new SmtpRefusal(452, "Too many recipients"),
  messageTooLong: () => new SmtpRefusal(552, "Message is too long."),
} as const;

/** The reply for an error of sending; undefined for what is no error of the client's. */
export function replyTo(error: unknown): SmtpRefusal | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  const text = error.text ?? "Invalid parameter value.";
  switch (error.code) {
    case "TooManyRequestsException":
    case "LimitExceededException":
      return new SmtpRefusal(454, `Throttling failure: ${text}`);
    case "AccountSuspendedException":
    case "MailFromDomainNotVerifiedException":
    case "MessageRejected":
    case "SendingPausedException":
      return new SmtpRefusal(554, `Message rejected: ${text}`);
    case "AccessDeniedException":
      return new SmtpRefusal(554, `Access denied: ${text}`);
    case "ConcurrentModificationException":
    case "InternalServiceErrorException":
      return undefined;
    default:
      return new SmtpRefusal(554, `Transaction failed: ${text}`);
  }
}
