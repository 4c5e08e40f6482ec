/**
 * Lists as older SDKs ask for them: by GET, with page size and token in the query. SES's model had them so before it moved
 * them to a POST with a filter in its body.
 */
import { integerParameter } from "./query-values.ts";
import type { OperationName } from "./types.ts";

/** The paths of GET, and the operations that answer. */
export const olderPaths: ReadonlyMap<string, OperationName> = new Map<string, OperationName>([
  ["/v2/email/configuration-sets", "ListConfigurationSets"],
  ["/v2/email/identities", "ListEmailIdentities"],
]);

/** The body that today's operation wants, of an older request's query. Throws a SerializationException for a bad number. */
export function bodyOfQuery(query: string): string {
  const parameters = new URLSearchParams(query);
  const size = parameters.get("PageSize");
  return JSON.stringify({
    NextToken: parameters.get("NextToken") ?? undefined,
    PageSize: size === null ? undefined : integerParameter(32)(size),
  });
}
