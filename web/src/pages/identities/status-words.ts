/** What SES's states and errors of verification mean, in plain words. */
import type { Tone } from "../../components/status-badge.tsx";
import type { Identity, Status } from "./identities.ts";

/** A state as a badge tells it. */
export const statusWords: Readonly<Record<Status, { word: string; tone: Tone }>> = {
  SUCCESS: { word: "Verified", tone: "good" },
  PENDING: { word: "Not verified yet", tone: "busy" },
  TEMPORARY_FAILURE: { word: "Record is gone", tone: "warning" },
  FAILED: { word: "Verification failed", tone: "bad" },
  NOT_STARTED: { word: "Not started", tone: "neutral" },
};

/** The state of a record, such as that of a MAIL FROM domain. */
export const recordWords: Readonly<Record<Status, { word: string; tone: Tone }>> = {
  SUCCESS: { word: "In use", tone: "good" },
  PENDING: { word: "Waits for its record", tone: "busy" },
  TEMPORARY_FAILURE: { word: "Record is gone", tone: "warning" },
  FAILED: { word: "Record not found", tone: "bad" },
  NOT_STARTED: { word: "Not started", tone: "neutral" },
};

/** What a state of a domain means, and what to do next. */
export const domainMeaning: Readonly<Record<Status, string>> = {
  SUCCESS:
    "Its DKIM record, or the record of its verification token, is published, which proves that the domain is yours. Checked daily.",
  PENDING:
    "Publish the DKIM record below, or the record of the verification token if there is one, to prove that the domain is yours. The server checks for 72 hours, less often over time.",
  TEMPORARY_FAILURE:
    "The record that verified the domain is missing or has changed. You can still send mail, but without a DKIM record it is not signed. Restore the record: after 72 hours, sending is refused.",
  FAILED: "No record was found for 72 hours, and checks have stopped. Publish the record, then check again.",
  NOT_STARTED: "It has no DKIM key. Choose one below; its record then proves that the domain is yours.",
};

/** The same of an address. */
export function addressMeaning(status: Status, name: string): string {
  switch (status) {
    case "SUCCESS":
      return `Whoever reads the mail to ${name} has confirmed it.`;
    case "FAILED":
      return "The link in the mail to it was not confirmed within 24 hours and does not work any more. To have another sent, delete this identity and make it again.";
    default:
      return `A mail was sent to ${name}. Open the link in it and press the button there, within 24 hours.`;
  }
}

type ErrorType = NonNullable<NonNullable<Identity["VerificationInfo"]>["ErrorType"]>;

const errorWords: Readonly<Partial<Record<ErrorType, string>>> = {
  HOST_NOT_FOUND: "there was no such record",
  TYPE_NOT_FOUND: "there was no such record",
  INVALID_VALUE: "another value was there, or several records",
  DNS_SERVER_ERROR: "the DNS servers did not answer",
};

/** What came of the last look. */
export function errorWord(type: ErrorType | undefined): string {
  return type === undefined ? "the record was there" : (errorWords[type] ?? type);
}
