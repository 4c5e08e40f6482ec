import { errors } from "../../contract/errors.ts";

/**
 * Checks and returns the name of a configuration set. SES checks in this order, before it looks up the set. Throws a
 * bad request for a name that is missing, longer than 64, or has characters other than `A-Z a-z 0-9 _ -`.
 */
export function checkConfigurationSetName(name: string | undefined): string {
  if (!name) throw errors.configurationSetNameMissing();
  if (name.length > 64) throw errors.configurationSetNameTooLong();
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw errors.configurationSetName(name);
  return name;
}
