import type { Handlers } from "../../contract/types.ts";
import { createCustomVerificationEmailTemplate } from "./create-custom-verification-email-template.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { deleteCustomVerificationEmailTemplate } from "./delete-custom-verification-email-template.ts";
import { getCustomVerificationEmailTemplate } from "./get-custom-verification-email-template.ts";
import { listCustomVerificationEmailTemplates } from "./list-custom-verification-email-templates.ts";
import { sendCustomVerificationEmail } from "./send-custom-verification-email.ts";
import { updateCustomVerificationEmailTemplate } from "./update-custom-verification-email-template.ts";

export function customVerificationOperations(services: CustomVerificationServices) {
  const { database } = services.identities;
  return {
    CreateCustomVerificationEmailTemplate: createCustomVerificationEmailTemplate(services),
    DeleteCustomVerificationEmailTemplate: deleteCustomVerificationEmailTemplate({ database }),
    GetCustomVerificationEmailTemplate: getCustomVerificationEmailTemplate({ database }),
    ListCustomVerificationEmailTemplates: listCustomVerificationEmailTemplates({ database }),
    SendCustomVerificationEmail: sendCustomVerificationEmail(services),
    UpdateCustomVerificationEmailTemplate: updateCustomVerificationEmailTemplate(services),
  } satisfies Handlers;
}
