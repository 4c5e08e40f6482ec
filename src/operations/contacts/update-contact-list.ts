import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateContactList as updateList } from "../../stores/postgres/contact-lists.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkListContent, checkListName } from "./contact-list-input.ts";

/**
 * UpdateContactList: "a complete replacement" (SES's model), so omitted members are cleared; tags stay. Contacts keep
 * their choices for a removed topic; the choices apply again if the topic returns, so opted-out contacts stay opted
 * out.
 */
export function updateContactList({ database }: { database: ScopedQueryable }): Handler<"UpdateContactList"> {
  return async (input, { now }) => {
    const name = checkListName(input.ContactListName);
    const updated = await updateList(database, { name, ...checkListContent(input), updatedAt: now });
    if (!updated) throw errors.contactListNotFound(name);
    return {};
  };
}
