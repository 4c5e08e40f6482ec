import { errors } from "../../contract/errors.ts";

/** Ours: SES's own bound is not documented. */
const MAX_LENGTH = 256;

/**
 * Checks the name of a template and returns it.
 * Throws a bad request for a name that is missing or too long, has white space at an end, or a control character.
 */
export function checkTemplateName(name: string | undefined): string {
  if (!name) throw errors.templateNameMissing();
  if (name.length > MAX_LENGTH || name.trim() !== name || /\p{Cc}/u.test(name)) throw errors.templateName(name);
  return name;
}

/** The name in a template's ARN, `arn:aws:ses:region:account:template/name`. Throws a bad request for any other ARN. */
export function templateNameOfArn(arn: string): string {
  const name = /^arn:[^:]*:ses:[^:]*:[^:]*:template\/(.+)$/s.exec(arn)?.[1];
  if (name === undefined) throw errors.templateArn(arn);
  return checkTemplateName(name);
}
