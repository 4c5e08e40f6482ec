import { errors } from "../../contract/errors.ts";

/** Our own limit: SES's is not documented. */
const MAX_LENGTH = 256;

/**
 * Checks and returns the name of a template. Throws a bad request for a name that is missing or too long, begins or
 * ends with white space, or has a control character.
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
