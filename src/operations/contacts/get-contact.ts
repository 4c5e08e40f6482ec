import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectContact } from "../../stores/postgres/contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkContactAddress, requireList } from "./contact-input.ts";
import { topicPreferences } from "./topic-preferences.ts";

export function getContact({ database }: { database: ScopedQueryable }): Handler<"GetContact"> {
  return async (input) => {
    const address = checkContactAddress(input.EmailAddress);
    const list = await requireList(database, input.ContactListName);
    const contact = await selectContact(database, list.name, address);
    if (!contact) throw errors.contactNotFound(address);
    return {
      ContactListName: list.name,
      EmailAddress: contact.address,
      ...topicPreferences(list, contact.preferences),
      UnsubscribeAll: contact.unsubscribeAll,
      AttributesData: contact.attributes ?? undefined,
      CreatedTimestamp: contact.createdAt,
      LastUpdatedTimestamp: contact.updatedAt,
    };
  };
}
