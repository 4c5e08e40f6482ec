import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateContactList as updateList } from "../../stores/postgres/contact-lists.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { checkListContent, checkListName } from "./contact-list-input.ts";

/**
 * UpdateContactList: "a complete replacement" (SES's model), so what is left out is gone; tags stay. Contacts keep
 * their choices of a topic that goes, without effect until the topic comes back: who opted out stays so.
 */
export function updateContactList({ database }: { database: Queryable }): Handler<"UpdateContactList"> {
  return async (input, { now }) => {
    const name = checkListName(input.ContactListName);
    const updated = await updateList(database, { name, ...checkListContent(input), updatedAt: now });
    if (!updated) throw errors.contactListNotFound(name);
    return {};
  };
}
