/** Reads the bounced or complained-about message from its returned header or text. */

import { type Fields, field, type LenientPart, readTextHeader } from "../lenient-mime.ts";
import { fieldText } from "../lenient-text.ts";

/** The message that a report is about. */
export interface OriginalMessage {
  /** Without angle brackets. */
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly date: string | undefined;
  /** Its `X-` fields by name in lower case, the first of each name. */
  readonly extensionFields: Readonly<Record<string, string>>;
}

const maxExtensionFields = 100;

/** Reads it from the part that returns the message (RFC 3462: message/rfc822 or text/rfc822-headers). */
export function originalOfPart(part: LenientPart): OriginalMessage | undefined {
  return originalOf(readTextHeader(part.text()));
}

/** Reads it from the text after a line such as "Original message follows". */
export function originalOfText(text: string): OriginalMessage | undefined {
  // Some mailers put another line between that line and the header, or indent the header.
  const start = /(?:^|\n)[ \t]{0,8}(?:Return-Path|Received|Message-ID|From|Date|Subject|To|X-[\w-]{1,40}): ?/i.exec(
    text,
  );
  if (start === null) return undefined;
  const from = text.slice(start.index).replace(/^\n/, "");
  const indent = /^[ \t]*/.exec(from)?.[0] ?? "";
  return originalOf(readTextHeader(indent === "" ? from : from.replaceAll(`\n${indent}`, "\n").slice(indent.length)));
}

function originalOf(fields: Fields): OriginalMessage | undefined {
  if (fields.length === 0) return undefined;
  const words = (name: string) => {
    const value = field(fields, name);
    return value === undefined ? undefined : fieldText(value);
  };
  const extensions = new Map<string, string>();
  for (const { name, value } of fields) {
    if (name.startsWith("x-") && !extensions.has(name) && extensions.size < maxExtensionFields) {
      extensions.set(name, value);
    }
  }
  return {
    messageId: bareId(field(fields, "message-id")),
    subject: words("subject"),
    from: words("from"),
    to: words("to"),
    date: field(fields, "date"),
    extensionFields: Object.fromEntries(extensions),
  };
}

function bareId(value: string | undefined): string | undefined {
  const id = value?.replace(/^[\s<]{1,80}/, "").replace(/[>\s].*$/s, "");
  return id === "" ? undefined : id;
}
