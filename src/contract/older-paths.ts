/** Requests as older SDKs make them, from earlier versions of SES's model. */
import { isUtf8 } from "node:buffer";
import { errors } from "./errors.ts";
import { isJsonObject } from "./json-values.ts";
import { integerParameter } from "./query-values.ts";
import type { OperationName } from "./types.ts";

/**
 * Lists that were requested by GET, with page size and token in the query and a filter, if any, in the body. Today they
 * are a POST with all of this in the body. SDKs until 2026 use the first two paths, SDKs until April 2024 the others.
 */
export const olderLists: ReadonlyMap<string, OperationName> = new Map<string, OperationName>([
  ["/v2/email/configuration-sets", "ListConfigurationSets"],
  ["/v2/email/identities", "ListEmailIdentities"],
  ["/v2/email/contact-lists/{ContactListName}/contacts", "ListContacts"],
  ["/v2/email/import-jobs", "ListImportJobs"],
]);

/** Paths that differ in nothing else, by operation. SDKs until December 2025 use them. */
export const olderPaths: ReadonlyMap<OperationName, string> = new Map<OperationName, string>([
  ["PutEmailIdentityDkimSigningAttributes", "/v1/email/identities/{EmailIdentity}/dkim/signing"],
]);

/**
 * Converts the query and the body of an older list's request to the body of today's operation. Throws a
 * SerializationException for an invalid number, and for a body that is not JSON.
 */
export function bodyOfOlderList(query: string, body: Uint8Array): string | Uint8Array {
  const filter = body.length === 0 ? {} : parsed(body);
  // The decoder refuses it.
  if (!isJsonObject(filter)) return body;
  const parameters = new URLSearchParams(query);
  const size = parameters.get("PageSize");
  return JSON.stringify({
    ...filter,
    NextToken: parameters.get("NextToken") ?? undefined,
    PageSize: size === null ? undefined : integerParameter(32)(size),
  });
}

function parsed(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw errors.serialization();
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw errors.serialization();
  }
}
