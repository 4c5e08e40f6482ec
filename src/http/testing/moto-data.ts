/** Messages as moto's `GET /moto-api/data.json` shows them, by its names of models. */
import { asGiven } from "../../events/given-content.ts";
import { destinationOf, type GivenDestination, isRaw, mailboxText, type ReadMail } from "./read-mail.ts";

export interface MotoMessages {
  Message: { id: string; source: string; subject: string; body: string; destinations: GivenDestination }[];
  TemplateMessage: {
    id: string;
    source: string;
    /** The template's name; none for an inline template. */
    template: string | null;
    template_data: string | null;
    destinations: GivenDestination;
  }[];
  RawMessage: { id: string; source: string; destinations: readonly string[]; raw_data: string }[];
}

export function motoMessages(mails: readonly ReadMail[]): MotoMessages {
  const all: MotoMessages = { Message: [], TemplateMessage: [], RawMessage: [] };
  for (const mail of mails) {
    const { message, content, raw } = mail;
    const { id, given } = message;
    const source = given?.raw?.source ?? mailboxText(content.from[0] ?? { name: "", address: message.sender });
    if (isRaw(message)) {
      const raw_data = (given?.raw ? asGiven(raw, given.raw) : raw).toString("utf8");
      all.RawMessage.push({ id, source, destinations: message.recipients, raw_data });
    } else if (given?.template) {
      const { template = null } = message;
      const { data: template_data = null } = given.template;
      all.TemplateMessage.push({ id, source, template, template_data, destinations: destinationOf(mail) });
    } else {
      const body = content.html ?? content.text;
      all.Message.push({ id, source, subject: content.subject, body, destinations: destinationOf(mail) });
    }
  }
  return all;
}
