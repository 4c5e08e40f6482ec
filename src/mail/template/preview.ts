/** Writes a rendered template as a MIME message, as a preview for its author. */
import { randomUUID } from "node:crypto";
import { multipartEntity, textEntity, writeSegments } from "../entity.ts";
import { textField } from "../header-value.ts";

/** The parts of a rendered template; undefined if absent. */
export interface FilledTemplate {
  readonly subject: string | undefined;
  readonly text: string | undefined;
  readonly html: string | undefined;
}

/** Writes the message: date, subject and the parts as multipart/alternative, even for a single part, as SES does. */
export function previewMessage({ subject, text, html }: FilledTemplate, date: Date): string {
  const parts = [
    ...(text === undefined ? [] : [textEntity("plain", { data: text })]),
    ...(html === undefined ? [] : [textEntity("html", { data: html })]),
  ];
  const entity = multipartEntity("alternative", `=_${randomUUID()}`, parts);
  // RFC 5322, 3.3 requires a numeric zone; otherwise toUTCString has the same format.
  const fields = `Date: ${date.toUTCString().slice(0, -3)}+0000\r\n${textField("Subject", subject ?? "")}`;
  return writeSegments([`${fields}MIME-Version: 1.0\r\n${entity.fields}\r\n`, ...entity.body]).toString("latin1");
}
