/** A message in the inbox: what its SEND events say, and its mail. */

import type { SendEvent } from "../events/event.ts";
import { readKeptMail } from "../events/kept-mail.ts";
import { detailsOf } from "../events/recorded-details.ts";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";

export interface InboxMessage {
  /** The ID that SendEmail returned. */
  readonly id: string;
  /** The account and region. */
  readonly scope: number;
  /** When it was sent. */
  readonly at: Date;
  /** The envelope sender. */
  readonly sender: string;
  /** The envelope recipients, in order. */
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly configurationSet?: string;
  readonly tenant?: string;
  readonly template?: string;
  /** Includes SES's own tags (`ses:…`). */
  readonly tags: readonly { readonly name: string; readonly value: string }[];
  /** Of the mail, in bytes. */
  readonly size: number;
  /** The MIME as it was accepted. Rejects with `MailGone` if it has been deleted since. */
  raw(): Promise<Buffer>;
}

/** The mail of a message has been deleted, because it is older than the settings let mail become. */
export class MailGone extends Error {
  override name = "MailGone";
}

/** The message of a committed SEND, with its mail in memory; undefined for a message without mail. */
export function messageOfCommit({ message, ...event }: SendEvent, mime: Uint8Array): InboxMessage | undefined {
  const { location } = message;
  if (!location) return undefined;
  return {
    id: event.messageId,
    scope: event.scope,
    at: event.sentAt,
    sender: message.source,
    recipients: message.destination,
    subject: message.subject ?? "",
    ...(message.configurationSet && { configurationSet: message.configurationSet }),
    ...(message.tenant && { tenant: message.tenant }),
    ...(message.template && { template: message.template }),
    tags: tagList(message.tags),
    size: location.length,
    raw: async () => Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength),
  };
}

/** The message of a recorded SEND; undefined for a message without mail, such as one of simulated traffic. */
export function messageOfRow(row: EventRow, objects: Pick<ObjectStore, "read">): InboxMessage | undefined {
  if (!row.object_key) return undefined;
  const { template } = detailsOf(row);
  return {
    id: row.message_id,
    scope: row.scope,
    at: new Date(row.sent_at),
    sender: row.source ?? "",
    recipients: row.destination ?? [],
    subject: row.subject ?? "",
    ...(row.configuration_set && { configurationSet: row.configuration_set }),
    ...(row.tenant && { tenant: row.tenant }),
    ...(typeof template === "string" && template && { template }),
    tags: tagList(row.tags ?? {}),
    size: Number(row.object_length ?? 0),
    async raw() {
      const mime = await readKeptMail(objects, row);
      if (!mime) throw new MailGone("The mail of this message has been deleted.");
      return mime;
    },
  };
}

function tagList(tags: Readonly<Record<string, readonly string[]>>): { name: string; value: string }[] {
  return Object.entries(tags).flatMap(([name, values]) => values.map((value) => ({ name, value })));
}
