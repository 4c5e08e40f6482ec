/** The mail that asks the owner of an address to verify it, made from a custom verification template. */
import type { Attachment as GivenAttachment } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { htmlText } from "../../mail/html-text.ts";
import { escapeHtml, VerificationHtmlError, verificationHtml } from "../../mail/verification-html.ts";
import type { CustomVerificationParts } from "../../stores/postgres/custom-verification-templates.ts";

/** What a mail is made from. */
export interface VerificationMessage {
  template: Pick<CustomVerificationParts, "fromAddress" | "subject" | "content">;
  address: string;
  /** The URL that verifies the address. */
  link: string;
  /** The operator's address for complaints; undefined for none. */
  abuseAddress: string | undefined;
}

/**
 * The mail in the form of a request to send it: the template's content, the link, and a disclaimer that senders can't
 * leave out. Throws a bad request if the content has something that is not allowed.
 */
export function verificationMessage({ template, address, link, abuseAddress }: VerificationMessage) {
  const { fromAddress, subject, content } = template;
  const { html, pictures } = allowedHtml(content, ending(link, abuseAddress));
  return {
    FromEmailAddress: fromAddress,
    Destination: { ToAddresses: [address] },
    Content: {
      Simple: {
        Subject: { Data: subject },
        Body: { Html: { Data: html }, Text: { Data: `${htmlText(html)}\n` } },
        // RFC 3834, 5: prevents vacation replies.
        Headers: [{ Name: "Auto-Submitted", Value: "auto-generated" }],
        Attachments: pictures.map(
          ({ fileName, content: RawContent, contentType, contentId }): GivenAttachment => ({
            FileName: fileName,
            RawContent,
            ContentType: contentType,
            ContentId: contentId,
            ContentDisposition: "INLINE",
          }),
        ),
      },
    },
  } satisfies Input<"SendEmail">;
}

function allowedHtml(content: string, end: string) {
  // PostgreSQL can't store a NUL.
  if (content.includes("\0") || !content.isWellFormed()) throw errors.verificationContent("it is not Unicode text.");
  try {
    return verificationHtml(content, end);
  } catch (error) {
    if (error instanceof VerificationHtmlError) throw errors.verificationContent(error.message);
    throw error;
  }
}

/** The first sentence is SES's; its second one names a mailbox of AWS. */
function ending(link: string, abuseAddress: string | undefined): string {
  const url = escapeHtml(link);
  let concerns = "";
  if (abuseAddress !== undefined) {
    const mailto = `mailto:${encodeURIComponent(abuseAddress).replace("%40", "@")}`;
    const contact = `<a href="${escapeHtml(mailto)}">${escapeHtml(abuseAddress)}</a>`;
    concerns = ` If you have any concerns, please forward this message to ${contact} along with your questions or comments.`;
  }
  return `<p><a href="${url}">${url}</a></p>
<p>If you did not request to verify this email address, please disregard this message.${concerns}</p>`;
}
