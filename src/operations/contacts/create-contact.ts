import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertContact } from "../../stores/postgres/contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkContactAddress, checkContactContent, requireList } from "./contact-input.ts";

export function createContact({ database }: { database: ScopedQueryable }): Handler<"CreateContact"> {
  return async (input, { now }) => {
    const address = checkContactAddress(input.EmailAddress);
    const list = await requireList(database, input.ContactListName);
    const content = checkContactContent(list, input);
    const outcome = await insertContact(database, list.name, { address, ...content, createdAt: now });
    if (outcome === "no list") throw errors.contactListNotFound(list.name);
    if (outcome === "exists") throw errors.contactExists(address);
    return {};
  };
}
