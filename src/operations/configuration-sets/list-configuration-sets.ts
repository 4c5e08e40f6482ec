import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectConfigurationSetNames } from "../../stores/postgres/configuration-sets.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { decodeToken, encodeToken } from "../page-token.ts";

const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1000;

/**
 * ListConfigurationSets: ordered by the bytes of the names, so that sets created or deleted between pages neither
 * repeat nor hide others. SES checks the page size, the filter, then the token, which is valid for the same filter
 * only.
 */
export function listConfigurationSets(services: { database: ScopedQueryable }): Handler<"ListConfigurationSets"> {
  return async (input) => {
    const size = input.PageSize ?? DEFAULT_PAGE_SIZE;
    if (size < 1 || size > MAX_PAGE_SIZE) throw errors.configurationSetPageSize();
    const contains = readFilter(input.Filter?.CONFIGURATION_SET_NAME_CONTAINS);
    const kind = `configuration-sets ${contains}`;
    const after = input.NextToken ? decodeToken(kind, input.NextToken) : "";
    if (after === undefined) throw errors.configurationSetToken(input.NextToken ?? "");
    // Names are ASCII; the database rejects some other characters, such as NUL.
    if (!/^[ -~]*$/.test(contains)) return { ConfigurationSets: [] };

    // One extra row shows whether there is a next page.
    const names = await selectConfigurationSetNames(services.database, { after, contains, limit: size + 1 });
    const page = names.slice(0, size);
    const last = page.at(-1);
    const more = names.length > size && last !== undefined;
    return { ConfigurationSets: page, NextToken: more ? encodeToken(kind, last) : undefined };
  };
}

/** The substring to search for, in lower case; empty for all. Not trimmed, unlike the filter for identities. */
function readFilter(text: string | undefined): string {
  if (!text) return "";
  const length = [...text].length;
  if (length < 3 || length > 64) throw errors.configurationSetFilter();
  return text.toLowerCase();
}
