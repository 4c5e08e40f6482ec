import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertTemplate } from "../../stores/postgres/templates.ts";
import { checkTags } from "../tags.ts";
import { changeTemplates, type TemplateServices } from "./template-cache.ts";
import { checkTemplateContent, MAX_STORED_BYTES } from "./template-content.ts";
import { checkTemplateName } from "./template-name.ts";

/** SES's quota for an account. */
const MAX_TEMPLATES = 20_000;

/** CreateEmailTemplate. Unlike SES, it refuses a template that can't be parsed. */
export function createEmailTemplate({ database, templates }: TemplateServices): Handler<"CreateEmailTemplate"> {
  return async (input, { now }) => {
    const name = checkTemplateName(input.TemplateName);
    const { parts } = checkTemplateContent(input.TemplateContent, MAX_STORED_BYTES);
    const tags = checkTags(input.Tags);
    const outcome = await changeTemplates(templates, () =>
      insertTemplate(database, { name, createdAt: now, tags, ...parts }, MAX_TEMPLATES),
    );
    if (outcome === "exists") throw errors.templateExists(name);
    if (outcome === "full") throw errors.templateLimit(MAX_TEMPLATES);
    return {};
  };
}
