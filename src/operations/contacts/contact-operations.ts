import type { Handlers } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createContact } from "./create-contact.ts";
import { createContactList } from "./create-contact-list.ts";
import { deleteContact } from "./delete-contact.ts";
import { deleteContactList } from "./delete-contact-list.ts";
import { getContact } from "./get-contact.ts";
import { getContactList } from "./get-contact-list.ts";
import { listContactLists } from "./list-contact-lists.ts";
import { listContacts } from "./list-contacts.ts";
import { updateContact } from "./update-contact.ts";
import { updateContactList } from "./update-contact-list.ts";

/** `maxLists` is the maximum number of lists. */
export function contactOperations(services: { database: ScopedDatabase; maxLists: number }) {
  return {
    CreateContact: createContact(services),
    CreateContactList: createContactList(services),
    DeleteContact: deleteContact(services),
    DeleteContactList: deleteContactList(services),
    GetContact: getContact(services),
    GetContactList: getContactList(services),
    ListContactLists: listContactLists(services),
    ListContacts: listContacts(services),
    UpdateContact: updateContact(services),
    UpdateContactList: updateContactList(services),
  } satisfies Handlers;
}
