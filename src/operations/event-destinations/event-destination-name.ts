import { errors } from "../../contract/errors.ts";

/** Checks and returns the name of an event destination. Throws a bad request, in SES's order of checks. */
export function checkEventDestinationName(name: string | undefined): string {
  if (!name) throw errors.eventDestinationNameMissing();
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw errors.eventDestinationName(name.slice(0, 64));
  if (name.length > 64) throw errors.eventDestinationNameTooLong();
  return name;
}
