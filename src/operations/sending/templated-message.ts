/** Messages from templates: finds the template, renders it with its data, and prepares the message. */
import type { Attachment, MessageHeader, Message as SimpleContent, Template } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { unsubscribePlaceholder } from "../../mail/list-unsubscribe.ts";
import type { FilledTemplate } from "../../mail/template/preview.ts";
import { renderTemplate } from "../../mail/template/render-template.ts";
import { type JsonObject, parseTemplateData } from "../../mail/template/template-data.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import { checkTemplateContent, MAX_INLINE_BYTES, type ReadTemplate } from "../templates/template-content.ts";
import { checkTemplateName, templateNameOfArn } from "../templates/template-name.ts";
import { type Preparation, type PreparedMessage, prepare } from "./envelope.ts";
import type { SendingServices } from "./sending-services.ts";

/** Why a template could not be rendered, as reported by SES's Rendering Failure event. */
export interface RenderingFailure {
  readonly errorMessage: string;
  /** Empty for an inline template. */
  readonly templateName: string;
}

/** A template to render. */
export interface FoundTemplate {
  /** Empty for an inline template. */
  readonly name: string;
  /** An error for a stored template that can no longer be parsed. */
  readonly content: ReadTemplate | TemplateError;
}

/** A message, and the rendering failure of one that is accepted but can't be sent. */
export interface TemplatedMessage {
  readonly message: PreparedMessage;
  readonly failure: RenderingFailure | undefined;
}

/**
 * Finds the template that a request names or contains. TemplateName and TemplateArn may both be given if they agree.
 * Throws not-found for a template that isn't stored (the model declares this error for both operations), and a bad
 * request if no template or more than one is given, or the given one is invalid.
 */
export async function findTemplate(
  { templates, scope }: Pick<SendingServices, "templates" | "scope">,
  given: Template,
): Promise<FoundTemplate> {
  const { TemplateName, TemplateArn, TemplateContent } = given;
  if (TemplateContent !== undefined) {
    if (TemplateName !== undefined || TemplateArn !== undefined) throw errors.oneTemplate();
    return { name: "", content: checkTemplateContent(TemplateContent, MAX_INLINE_BYTES).read };
  }
  const ofArn = TemplateArn === undefined ? undefined : templateNameOfArn(scope, TemplateArn);
  const name = TemplateName === undefined ? ofArn : checkTemplateName(TemplateName);
  if (name === undefined || (ofArn !== undefined && ofArn !== name)) throw errors.oneTemplate();
  const content = await templates.get(name);
  if (content === undefined) throw errors.templateNotFound(name);
  return { name, content };
}

/**
 * Parses TemplateData. Throws a bad request unless it is a JSON object: SES refuses others before it accepts a message.
 */
export function templateData(text: string | undefined): JsonObject {
  try {
    return parseTemplateData(text);
  } catch (error) {
    if (error instanceof TemplateError) throw errors.templateRefused(error.message);
    throw error;
  }
}

/**
 * Prepares a message from a template. If the template can't be rendered, the message has no content; everything else is
 * still checked and appears in its events.
 * @param input its Content is ignored.
 * @throws ServiceError if SES would refuse the input.
 */
export function prepareTemplated(
  input: Input<"SendEmail">,
  template: FoundTemplate,
  data: JsonObject,
  {
    preparation,
    ...extras
  }: { Headers: MessageHeader[] | undefined; Attachments: Attachment[] | undefined; preparation: Preparation },
): TemplatedMessage {
  const filled = fill(template.content, data);
  const failure =
    filled instanceof TemplateError ? { errorMessage: filled.message, templateName: template.name } : undefined;
  const { subject, text, html } =
    filled instanceof TemplateError ? { subject: undefined, text: "", html: undefined } : filled;
  const Simple: SimpleContent = {
    ...extras,
    Subject: { Data: subject ?? "" },
    Body: {
      Text: text === undefined ? undefined : { Data: text },
      Html: html === undefined ? undefined : { Data: html },
    },
  };
  const message = prepare({ ...input, Content: { Simple } }, preparation);
  return { message: { ...message, templateName: template.name || undefined }, failure };
}

/** A placeholder that looks like an attribute. As in SES, it stays for the step that inserts links. */
const kept: JsonObject = { amazonSESUnsubscribeUrl: unsubscribePlaceholder };

function fill(content: ReadTemplate | TemplateError, given: JsonObject): FilledTemplate | TemplateError {
  if (content instanceof TemplateError) return content;
  const { subject, text, html } = content;
  const data = { ...kept, ...given };
  try {
    return {
      subject: subject && renderTemplate(subject, data),
      text: text && renderTemplate(text, data),
      html: html && renderTemplate(html, data),
    };
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}
