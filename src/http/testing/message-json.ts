/** A message of the inbox as the testing API returns it. See `docs/testing-api.md`. */
import type { Scopes } from "../../accounts/scopes.ts";
import type { Mailbox } from "../../inbox/header-addresses.ts";
import { contentOf, ifKept } from "../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../inbox/inbox-message.ts";

export interface MessageJson {
  id: string;
  /** When it was sent. */
  at: string;
  account: string;
  region: string;
  from: Mailbox;
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  bcc: readonly Mailbox[];
  replyTo: readonly Mailbox[];
  envelope: { from: string; to: readonly string[] };
  subject: string;
  /** Of a mail without plain text, the text of its HTML. */
  text: string;
  html: string | null;
  headers: readonly { name: string; value: string }[];
  attachments: {
    index: number;
    name: string;
    type: string;
    size: number;
    inline: boolean;
    contentId?: string;
    url: string;
  }[];
  links: readonly { url: string; text: string }[];
  codes: readonly string[];
  /** The caller's, without SES's own. Of several values, the last one. */
  tags: Record<string, string>;
  configurationSet?: string;
  tenant?: string;
  template?: string;
  /** Of the mail, in bytes. */
  size: number;
  rawUrl: string;
}

/** A message in few words, for the failure of a wait. */
export interface ArrivedJson {
  id: string;
  at: string;
  from: string;
  to: readonly string[];
  subject: string;
}

/** Reads the message. Rejects with `MailGone`. */
export async function messageJson(message: InboxMessage, scopes: Pick<Scopes, "byId">): Promise<MessageJson> {
  const { id, at, sender, recipients, subject, configurationSet, tenant, template, tags, size } = message;
  const { accountId: account, region } = await scopes.byId(message.scope);
  const { from, to, cc, bcc, replyTo, text, html, headers, attachments, links, codes } = await contentOf(message);
  const path = `/testing/messages/${encodeURIComponent(id)}`;
  const place = `?account=${account}&region=${region}`;
  return {
    id,
    at: at.toISOString(),
    account,
    region,
    from: from[0] ?? { name: "", address: sender },
    to,
    cc,
    bcc,
    replyTo,
    envelope: { from: sender, to: recipients },
    subject,
    text,
    html: html ?? null,
    headers,
    attachments: attachments.map(({ content: _, ...attachment }, index) => ({
      index,
      ...attachment,
      url: `${path}/attachments/${index}${place}`,
    })),
    links,
    codes,
    tags: Object.fromEntries(
      tags.filter(({ name }) => !name.startsWith("ses:")).map(({ name, value }) => [name, value]),
    ),
    ...(configurationSet !== undefined && { configurationSet }),
    ...(tenant !== undefined && { tenant }),
    ...(template !== undefined && { template }),
    size,
    rawUrl: `${path}/raw${place}`,
  };
}

/** Reads messages; leaves out those whose mail was deleted meanwhile. */
export async function messagesJson(
  messages: readonly InboxMessage[],
  scopes: Pick<Scopes, "byId">,
): Promise<MessageJson[]> {
  const read: MessageJson[] = [];
  for (const message of messages) {
    const json = await ifKept(messageJson(message, scopes));
    if (json) read.push(json);
  }
  return read;
}

export function arrivedJson({ id, at, sender, recipients, subject }: InboxMessage): ArrivedJson {
  return { id, at: at.toISOString(), from: sender, to: recipients, subject };
}
