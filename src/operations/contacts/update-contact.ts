import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { mergeContact } from "../../stores/postgres/contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkContactAddress, checkContactContent, requireList } from "./contact-input.ts";

/**
 * UpdateContact, as observed in SES and not as its model says: preferences are merged by topic (facts 10), while
 * AttributesData and UnsubscribeAll are replaced, so omitting them clears them.
 */
export function updateContact({ database }: { database: ScopedQueryable }): Handler<"UpdateContact"> {
  return async (input, { now }) => {
    const address = checkContactAddress(input.EmailAddress);
    const list = await requireList(database, input.ContactListName);
    const content = checkContactContent(list, input);
    const updated = await mergeContact(database, list.name, { address, ...content, updatedAt: now });
    if (!updated) throw errors.contactNotFound(address);
    return {};
  };
}
