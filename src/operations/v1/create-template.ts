import { refusedAs } from "../../contract/v1/map-error.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { createEmailTemplate } from "../templates/create-email-template.ts";
import type { TemplateServices } from "../templates/template-cache.ts";
import { invalidTemplate, toV2Template } from "./template-shape.ts";

/** CreateTemplate: a template without tags. */
export function createTemplate(services: TemplateServices): Handler<"CreateTemplate"> {
  const create = createEmailTemplate(services);
  return async (input, context) => {
    const template = toV2Template(input.Template);
    await refusedAs(invalidTemplate(template.TemplateName), () => create(template, context));
    return {};
  };
}
