import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import { checkTags } from "../tags.ts";
import { checkTemplateName } from "../templates/template-name.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { checkTemplateParts } from "./template-parts.ts";

/** SES's quota for an account. */
const MAX_TEMPLATES = 50;

/** CreateCustomVerificationEmailTemplate. SES checks the parts before it looks whether the name is taken. */
export function createCustomVerificationEmailTemplate(
  services: CustomVerificationServices,
): Handler<"CreateCustomVerificationEmailTemplate"> {
  const { database } = services.identities;
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const {
      TemplateSubject = "",
      TemplateContent = "",
      SuccessRedirectionURL = "",
      FailureRedirectionURL = "",
    } = input;
    const { FromEmailAddress = "" } = input;
    const given = { FromEmailAddress, TemplateSubject, TemplateContent, SuccessRedirectionURL, FailureRedirectionURL };
    await checkTemplateParts(services, given);
    const template = {
      name,
      fromAddress: FromEmailAddress,
      subject: TemplateSubject,
      content: TemplateContent,
      successUrl: SuccessRedirectionURL,
      failureUrl: FailureRedirectionURL,
      tags: checkTags(input.Tags),
    };
    const outcome = await insertCustomVerificationTemplate(database, template, MAX_TEMPLATES);
    if (outcome === "exists") throw errors.verificationTemplateExists(name);
    if (outcome === "full") throw errors.verificationTemplateLimit(MAX_TEMPLATES);
    return {};
  };
}
