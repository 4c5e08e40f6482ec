/** Replies of SES's SMTP endpoint for API errors ("SMTP response codes" in the developer guide). */
import { ServiceError } from "../../contract/errors/service-error.ts";
import { SmtpRefusal } from "../refusal.ts";

/** Replies that have no corresponding API error. */
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

/** The reply for an error of `sendMessage`; undefined if the client did not cause it. */
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
