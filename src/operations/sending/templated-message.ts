/** Messages from templates: which template it is, what it is filled with, and what comes of it. */
import type { Attachment, MessageHeader, Message as SimpleContent, Template } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { unsubscribePlaceholder } from "../../mail/list-unsubscribe.ts";
import type { FilledTemplate } from "../../mail/template/preview.ts";
import { renderTemplate } from "../../mail/template/render-template.ts";
import { type JsonObject, parseTemplateData } from "../../mail/template/template-data.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { TemplateCache } from "../templates/template-cache.ts";
import { checkTemplateContent, MAX_INLINE_BYTES, type ReadTemplate } from "../templates/template-content.ts";
import { checkTemplateName, templateNameOfArn } from "../templates/template-name.ts";
import { type PreparedMessage, prepare } from "./envelope.ts";

/** Why a template could not be filled, as SES's Rendering Failure event says it. */
export interface RenderingFailure {
  readonly errorMessage: string;
  /** Empty for a template that came with the request. */
  readonly templateName: string;
}

/** A template to fill. */
export interface FoundTemplate {
  /** Empty for one that came with the request. */
  readonly name: string;
  /** An error for a stored one that can no longer be read. */
  readonly content: ReadTemplate | TemplateError;
}

/** A message, and why it can't be sent though it is accepted. */
export interface TemplatedMessage {
  readonly message: PreparedMessage;
  readonly failure: RenderingFailure | undefined;
}

/**
 * Finds the template that a request names or brings along. TemplateName and TemplateArn may both be given if they agree.
 * Throws not found for one that isn't stored (it is among the errors that the model gives both operations), and a bad
 * request where the template is given in no way or in two, or what is given can't be a template.
 */
export async function findTemplate(templates: TemplateCache, given: Template): Promise<FoundTemplate> {
  const { TemplateName, TemplateArn, TemplateContent } = given;
  if (TemplateContent !== undefined) {
    if (TemplateName !== undefined || TemplateArn !== undefined) throw errors.oneTemplate();
    return { name: "", content: checkTemplateContent(TemplateContent, MAX_INLINE_BYTES).read };
  }
  const ofArn = TemplateArn === undefined ? undefined : templateNameOfArn(TemplateArn);
  const name = TemplateName === undefined ? ofArn : checkTemplateName(TemplateName);
  if (name === undefined || (ofArn !== undefined && ofArn !== name)) throw errors.oneTemplate();
  const content = await templates.get(name);
  if (content === undefined) throw errors.templateNotFound(name);
  return { name, content };
}

/** Reads TemplateData. Throws a bad request where it is no JSON object: SES refuses that before it accepts a message. */
export function templateData(text: string | undefined): JsonObject {
  try {
    return parseTemplateData(text);
  } catch (error) {
    if (error instanceof TemplateError) throw errors.templateRefused(error.message);
    throw error;
  }
}

/**
 * Prepares a message from a template. Where it can't be filled, the message is prepared without content: all else of it
 * is checked and told by its events.
 * @param input its Content is not looked at.
 * @throws ServiceError where SES would refuse the input.
 */
export function prepareTemplated(
  input: Input<"SendEmail">,
  template: FoundTemplate,
  data: JsonObject,
  extras: { Headers: MessageHeader[] | undefined; Attachments: Attachment[] | undefined },
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
  return { message: prepare({ ...input, Content: { Simple } }), failure };
}

/** What looks like an attribute and is none: it stays for the step that puts links in, as in SES. */
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
