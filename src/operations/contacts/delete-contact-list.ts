import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteContactList as deleteList } from "../../stores/postgres/contact-lists.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkListName } from "./contact-list-input.ts";

/** DeleteContactList: deletes the list with all its contacts. */
export function deleteContactList({ database }: { database: ScopedQueryable }): Handler<"DeleteContactList"> {
  return async (input) => {
    const name = checkListName(input.ContactListName);
    if (!(await deleteList(database, name))) throw errors.contactListNotFound(name);
    return {};
  };
}
