/** Messages as LocalStack's `GET /_aws/ses` shows them. Members that do not apply are absent. */
import { parseAddress } from "../../mail/address.ts";
import { MailError } from "../../mail/mail-error.ts";
import {
  destinationOf,
  type GivenDestination,
  isRaw,
  mailboxText,
  operationOf,
  type ReadMail,
  rawText,
  sourceOf,
} from "./read-mail.ts";

export interface LocalStackMessage {
  Id: string;
  Region: string;
  /** In UTC, without a zone: `2026-11-24T10:00:00`. */
  Timestamp: string;
  Source: string;
  Destination?: GivenDestination;
  Subject?: string;
  Body?: { text_part: string | null; html_part: string | null };
  /** The MIME as the client wrote it. */
  RawData?: string;
  Template?: string;
  /** JSON. */
  TemplateData?: string;
}

/** Operations of v1 whose messages LocalStack shows as a template with its data, not rendered. */
const templated: ReadonlySet<string> = new Set(["SendTemplatedEmail", "SendBulkTemplatedEmail"]);

export function localStackMessage(mail: ReadMail, region: string): LocalStackMessage {
  const { message, content } = mail;
  const { given } = message;
  const common = {
    Id: message.id,
    Region: region,
    Timestamp: message.at.toISOString().slice(0, 19),
    Source: sourceOf(mail),
  };
  if (isRaw(message)) return { ...common, RawData: rawText(mail) };
  const { template: name } = message;
  const data = given?.template?.data;
  const sent = {
    ...common,
    Destination: destinationOf(mail),
    ...(name === undefined ? {} : { Template: name }),
    ...(data === undefined ? {} : { TemplateData: data }),
  };
  if (name !== undefined && templated.has(operationOf(message))) return sent;
  return {
    ...sent,
    Subject: content.subject,
    Body: { text_part: content.ownText ?? null, html_part: content.html ?? null },
  };
}

/** Whether a `Source` is the one that is asked for: the same text, or the same name and address. */
export function isSource(source: string, asked: string): boolean {
  if (source === asked) return true;
  const [one, other] = [parsed(source), parsed(asked)];
  return one !== undefined && one === other;
}

function parsed(text: string): string | undefined {
  try {
    const { displayName = "", address } = parseAddress(text);
    return mailboxText({ name: displayName, address });
  } catch (error) {
    if (error instanceof MailError) return undefined;
    throw error;
  }
}
