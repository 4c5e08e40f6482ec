/** The form of templates in v1. */
import type { Template } from "@aws-sdk/client-ses";
import type { EmailTemplateContent } from "@aws-sdk/client-sesv2";
import type { Refusal } from "../../contract/v1/map-error.ts";

/** A template of v1 in v2's form. */
export function toV2Template(given: Template | undefined): {
  TemplateName: string | undefined;
  TemplateContent: EmailTemplateContent;
} {
  const { TemplateName, SubjectPart, TextPart, HtmlPart } = given ?? { TemplateName: undefined };
  return { TemplateName, TemplateContent: { Subject: SubjectPart, Text: TextPart, Html: HtmlPart } };
}

/** The error for a template that can't be stored, or can't be rendered. */
export function invalidTemplate(name: string | undefined): Refusal {
  return { code: "InvalidTemplate", members: { TemplateName: name ?? "" } };
}
