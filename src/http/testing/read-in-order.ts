/** Reads the mail of many messages, a few at a time. */
import { contentOf, ifKept } from "../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../inbox/inbox-message.ts";
import type { ReadMail } from "./read-mail.ts";

const atOnce = 8;

/** A message with its mail. Rejects with `MailGone`. */
export async function readMail(message: InboxMessage): Promise<ReadMail> {
  const raw = await message.raw();
  return { message, raw, content: await contentOf(message, raw) };
}

/** The messages of a scan in order, without those whose mail has been deleted. */
export async function* readInOrder(parts: AsyncIterable<InboxMessage[]>): AsyncGenerator<ReadMail> {
  for await (const messages of parts) {
    for (let start = 0; start < messages.length; start += atOnce) {
      const batch = messages.slice(start, start + atOnce).map((message) => ifKept(readMail(message)));
      for (const mail of await Promise.all(batch)) if (mail) yield mail;
    }
  }
}
