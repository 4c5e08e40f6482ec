import { refusedAs } from "../../contract/v1/map-error.ts";
import type { Handler } from "../../contract/v1/types.ts";
import type { TemplateServices } from "../templates/template-cache.ts";
import { updateEmailTemplate } from "../templates/update-email-template.ts";
import { invalidTemplate, toV2Template } from "./template-shape.ts";

/** UpdateTemplate: replaces the whole content. */
export function updateTemplate(services: TemplateServices): Handler<"UpdateTemplate"> {
  const update = updateEmailTemplate(services);
  return async (input, context) => {
    const template = toV2Template(input.Template);
    await refusedAs(invalidTemplate(template.TemplateName), () => update(template, context));
    return {};
  };
}
