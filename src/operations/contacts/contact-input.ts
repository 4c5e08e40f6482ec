/** Checks of what callers say of contacts, in the order in which SES was seen to check: address, list, topics. */
import type { TopicPreference } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import { attributesFault, MAX_ATTRIBUTES_BYTES } from "../../recipients/contacts/contact-rules.ts";
import { type ContactListRow, selectContactList } from "../../stores/postgres/contact-lists.ts";
import type { ContactContent, TopicChoices } from "../../stores/postgres/contacts.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { checkListName } from "./contact-list-input.ts";

/** The address of a contact as it is stored. Throws a bad request for what is none. */
export function checkContactAddress(given: string | undefined): string {
  if (given === undefined || given.trim() === "") throw errors.contactAddressBlank();
  const address = contactAddress(given);
  if (address === undefined) throw errors.contactAddress(given);
  return address;
}

/** The list of that name. Throws a bad request for what is no name, and not-found. */
export async function requireList(database: Queryable, given: string | undefined): Promise<ContactListRow> {
  const name = checkListName(given);
  const list = await selectContactList(database, name);
  if (!list) throw errors.contactListNotFound(name);
  return list;
}

/** What a caller says of a contact of the list; what is left out is empty. Throws a bad request. */
export function checkContactContent(
  list: ContactListRow,
  input: {
    TopicPreferences?: readonly TopicPreference[] | undefined;
    UnsubscribeAll?: boolean | undefined;
    AttributesData?: string | undefined;
  },
): ContactContent {
  const choices: [topic: string, choice: TopicChoices[string]][] = [];
  for (const { TopicName = "", SubscriptionStatus } of input.TopicPreferences ?? []) {
    requireTopic(list, TopicName);
    // The constraints of the model have been checked: there is one. Of two for a topic, the last holds.
    if (SubscriptionStatus !== undefined) choices.push([TopicName, SubscriptionStatus]);
  }
  // An empty text is how SDKs of some languages leave it out.
  const attributes = input.AttributesData ? input.AttributesData : null;
  const fault = attributes === null ? undefined : attributesFault(attributes);
  if (fault === "too long") throw errors.attributesTooLong(MAX_ATTRIBUTES_BYTES);
  if (fault !== undefined) throw errors.attributesNoObject();
  return { unsubscribeAll: input.UnsubscribeAll ?? false, attributes, preferences: Object.fromEntries(choices) };
}

/** Throws a bad request unless the list has the topic. */
export function requireTopic(list: ContactListRow, topic: string): ContactListRow["topics"][number] {
  const found = list.topics.find(({ TopicName }) => TopicName === topic);
  if (!found) throw errors.topicNotInList(list.name, topic);
  return found;
}
