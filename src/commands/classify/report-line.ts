/** The output of `mailglass classify`. */
import type { ReportedRecipient } from "../../mail/bounce/reported-recipient.ts";
import type { ReturnedMail } from "../../mail/bounce/returned-mail.ts";

/** A line; unknown values are null, so that every line has the same members. */
export interface ReportLine {
  readonly file: string;
  /** A delay report is a `bounce` whose recipients have the action `delayed`; a delivery report is `none`. */
  readonly kind: "bounce" | "complaint" | "auto-reply" | "none";
  /** The Message-ID of the returned mail. */
  readonly messageId: string | null;
  readonly recipients: readonly RecipientLine[];
}

/** One recipient of a line. */
export interface RecipientLine {
  readonly address: string | null;
  readonly bounceType: string | null;
  readonly bounceSubType: string | null;
  readonly reason: string | null;
  readonly action: string | null;
  readonly status: string | null;
  readonly reply: string | null;
  readonly diagnosticCode: string | null;
  readonly feedbackType: string | null;
}

const nothing: RecipientLine = {
  address: null,
  bounceType: null,
  bounceSubType: null,
  reason: null,
  action: null,
  status: null,
  reply: null,
  diagnosticCode: null,
  feedbackType: null,
};

/** The line for a mail. */
export function reportLine(file: string, mail: ReturnedMail): ReportLine {
  const messageId = mail.original?.messageId ?? null;
  switch (mail.kind) {
    case "bounce":
    case "delay":
      return { file, kind: "bounce", messageId, recipients: mail.recipients.map(recipientLine) };
    case "complaint": {
      const { feedbackType, recipients } = mail.report;
      const addresses = recipients.length > 0 ? recipients : [null];
      return {
        file,
        kind: "complaint",
        messageId,
        recipients: addresses.map((address) => ({ ...nothing, address, reason: "feedback", feedbackType })),
      };
    }
    case "auto-reply":
      return { file, kind: "auto-reply", messageId, recipients: [] };
    case "delivery":
    case "none":
      return { file, kind: "none", messageId, recipients: [] };
  }
}

function recipientLine(one: ReportedRecipient): RecipientLine {
  const { bounceType, bounceSubType, reason } = one;
  return {
    address: one.address ?? null,
    bounceType,
    bounceSubType,
    reason,
    action: one.action ?? null,
    status: one.status ?? null,
    reply: one.reply ?? null,
    diagnosticCode: one.diagnosticCode ?? null,
    feedbackType: null,
  };
}
