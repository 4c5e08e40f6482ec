import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { insertContactList } from "../../stores/postgres/contact-lists.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { checkTags } from "../tags.ts";
import { checkListContent, checkListName } from "./contact-list-input.ts";

/** CreateContactList. `maxLists` is the maximum number of lists. */
export function createContactList(services: {
  database: ScopedDatabase;
  maxLists: number;
}): Handler<"CreateContactList"> {
  const { database, maxLists } = services;
  return async (input, { now }) => {
    const name = checkListName(input.ContactListName);
    const content = checkListContent(input);
    const tags = checkTags(input.Tags);
    const outcome = await insertContactList(database, { name, ...content, tags, createdAt: now }, maxLists);
    if (outcome === "full") throw errors.contactListLimit(maxLists);
    if (outcome === "exists") throw errors.contactListExists(name);
    return {};
  };
}
