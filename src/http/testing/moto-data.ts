/** Messages as moto's `GET /moto-api/data.json` shows them, by its names of models. */
import { destinationOf, type GivenDestination, isRaw, type ReadMail, rawText, sourceOf } from "./read-mail.ts";

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
    const { message, content } = mail;
    const { id, given } = message;
    const source = sourceOf(mail);
    if (isRaw(message)) {
      all.RawMessage.push({ id, source, destinations: message.recipients, raw_data: rawText(mail) });
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
