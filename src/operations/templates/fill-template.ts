import { errors } from "../../contract/errors.ts";
import type { FilledTemplate } from "../../mail/template/preview.ts";
import { renderTemplate } from "../../mail/template/render-template.ts";
import { parseTemplateData } from "../../mail/template/template-data.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { TemplateParts } from "../../stores/postgres/templates.ts";
import { readTemplate } from "./template-content.ts";

/**
 * Renders a template's parts with TemplateData. Throws a TemplateError if a part or the data can't be parsed, or if the
 * data is incomplete.
 */
export function renderParts(parts: TemplateParts, templateData: string | undefined): FilledTemplate {
  const data = parseTemplateData(templateData);
  const { subject, text, html } = readTemplate(parts);
  return {
    subject: subject && renderTemplate(subject, data),
    text: text && renderTemplate(text, data),
    html: html && renderTemplate(html, data),
  };
}

/** Renders as `renderParts` does. Throws a bad request for its errors. */
export function fillTemplate(parts: TemplateParts, templateData: string | undefined): FilledTemplate {
  try {
    return renderParts(parts, templateData);
  } catch (error) {
    if (error instanceof TemplateError) throw errors.templateRefused(error.message);
    throw error;
  }
}
