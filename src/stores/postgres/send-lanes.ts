/**
 * Lanes divide the mail for a destination by its sender: `<domain> <scope> <configuration set>`, with an empty domain for
 * all domains. Mail with dedicated addresses has lanes, because receivers judge each address by itself.
 */

/** The name of a lane, from its part that `sources.ts` names. */
export function laneName(domain: string, lane: string): string {
  return `${domain} ${lane}`;
}

/** Whether this is the name of a lane, and not of a domain, which has no space. */
export function isLane(name: string): boolean {
  return name.includes(" ");
}

/** A condition: whether a row of send_queue is in none of the lanes in the parameter. Without lanes it reads nothing. */
export function isOutsideLanes(parameter: string): string {
  return `(cardinality(${parameter}::text[]) = 0 OR NOT ARRAY[
    concat_ws(' ', domain, scope, coalesce(configuration_set, '')),
    concat_ws(' ', '', scope, coalesce(configuration_set, ''))] && ${parameter}::text[])`;
}
