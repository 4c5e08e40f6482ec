import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectContactLists } from "../../stores/postgres/contact-lists.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { pageSize, pageStart, pageToken } from "./paging.ts";

const kind = "contact-lists";

/** ListContactLists: ordered by name. */
export function listContactLists({ database }: { database: ScopedQueryable }): Handler<"ListContactLists"> {
  return async (input) => {
    const size = pageSize(input.PageSize);
    const after = pageStart(kind, input.NextToken, errors.contactToken);
    // One extra row shows whether there is a next page.
    const found = await selectContactLists(database, { after, limit: size + 1 });
    const page = found.slice(0, size);
    return {
      ContactLists: page.map(({ name, updatedAt }) => ({ ContactListName: name, LastUpdatedTimestamp: updatedAt })),
      NextToken: pageToken(kind, found.length > size ? page.at(-1)?.name : undefined),
    };
  };
}
