import type { Handlers } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createEmailTemplate } from "./create-email-template.ts";
import { deleteEmailTemplate } from "./delete-email-template.ts";
import { getEmailTemplate } from "./get-email-template.ts";
import { listEmailTemplates } from "./list-email-templates.ts";
import type { TemplateServices } from "./template-cache.ts";
import { testRenderEmailTemplate } from "./test-render-email-template.ts";
import { updateEmailTemplate } from "./update-email-template.ts";

export function templateOperations(services: TemplateServices & { database: ScopedDatabase }) {
  return {
    CreateEmailTemplate: createEmailTemplate(services),
    DeleteEmailTemplate: deleteEmailTemplate(services),
    GetEmailTemplate: getEmailTemplate(services),
    ListEmailTemplates: listEmailTemplates(services),
    TestRenderEmailTemplate: testRenderEmailTemplate(services),
    UpdateEmailTemplate: updateEmailTemplate(services),
  } satisfies Handlers;
}
