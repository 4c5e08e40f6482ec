/** The content of a template: checks and parses it. */
import type { EmailTemplateContent } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import { parseTemplate } from "../../mail/template/parse-template.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { Block } from "../../mail/template/template-tree.ts";
import type { TemplateParts } from "../../stores/postgres/templates.ts";

/** SES's quotas, in bytes of all parts: for stored templates, and for inline templates in a request to send. */
export const MAX_STORED_BYTES = 500 * 1024;
export const MAX_INLINE_BYTES = 1024 * 1024;

/** The parsed parts of a template. */
export interface ReadTemplate {
  readonly subject: Block | undefined;
  readonly text: Block | undefined;
  readonly html: Block | undefined;
}

/**
 * Checks a template's content: it must not be empty or too long, and must be parseable. Throws a bad request otherwise.
 */
export function checkTemplateContent(
  content: EmailTemplateContent | undefined,
  maxBytes: number,
): { parts: TemplateParts; read: ReadTemplate } {
  const { Subject, Text, Html } = content ?? {};
  const given = [Subject, Text, Html].filter((part) => part !== undefined);
  if (given.every((part) => part.trim() === "")) throw errors.templateEmpty();
  const bytes = given.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes > maxBytes) throw errors.templateTooLong(maxBytes);
  const parts = { subject: Subject ?? null, text: Text ?? null, html: Html ?? null };
  try {
    return { parts, read: readTemplate(parts) };
  } catch (error) {
    if (error instanceof TemplateError) throw errors.templateRefused(error.message);
    throw error;
  }
}

/** Parses the parts. Throws a `TemplateError` if a part can't be parsed. */
export function readTemplate({ subject, text, html }: TemplateParts): ReadTemplate {
  return { subject: readPart(subject), text: readPart(text), html: readPart(html) };
}

/** Treats an empty part as absent: a mail should not have an empty alternative. */
function readPart(text: string | null): Block | undefined {
  return text === null || text === "" ? undefined : parseTemplate(text);
}
