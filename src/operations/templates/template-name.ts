import { errors } from "../../contract/errors.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";

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

/**
 * The name in the ARN of a scope's template, `arn:aws:ses:region:account:template/name`. Throws a bad request for any
 * other ARN, also for that of a template in another region or account. SES's text for those is unknown.
 */
export function templateNameOfArn({ accountId, region }: Pick<Scope, "accountId" | "region">, arn: string): string {
  const [, ofRegion, ofAccount, name] = /^arn:[^:]*:ses:([^:]*):([^:]*):template\/(.+)$/s.exec(arn) ?? [];
  if (name === undefined || ofRegion !== region || ofAccount !== accountId) throw errors.templateArn(arn);
  return checkTemplateName(name);
}
