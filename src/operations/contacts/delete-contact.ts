import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteContact as removeContact } from "../../stores/postgres/contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkContactAddress, requireList } from "./contact-input.ts";

export function deleteContact({ database }: { database: ScopedQueryable }): Handler<"DeleteContact"> {
  return async (input) => {
    const address = checkContactAddress(input.EmailAddress);
    const list = await requireList(database, input.ContactListName);
    if (!(await removeContact(database, list.name, address))) throw errors.contactNotFound(address);
    return {};
  };
}
