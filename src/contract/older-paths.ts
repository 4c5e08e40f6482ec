/**
 * Lists as older SDKs request them: by GET, with page size and token in the query. SES's model declared them so before
 * it changed them to a POST with a filter in the body.
 */
import { integerParameter } from "./query-values.ts";
import type { OperationName } from "./types.ts";

/** The paths of GET requests and their operations. */
export const olderPaths: ReadonlyMap<string, OperationName> = new Map<string, OperationName>([
  ["/v2/email/configuration-sets", "ListConfigurationSets"],
  ["/v2/email/identities", "ListEmailIdentities"],
]);

/**
 * Converts the query of an older request to the body of today's operation. Throws a SerializationException for an
 * invalid number.
 */
export function bodyOfQuery(query: string): string {
  const parameters = new URLSearchParams(query);
  const size = parameters.get("PageSize");
  return JSON.stringify({
    NextToken: parameters.get("NextToken") ?? undefined,
    PageSize: size === null ? undefined : integerParameter(32)(size),
  });
}
