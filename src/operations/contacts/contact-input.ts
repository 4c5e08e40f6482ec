/** Checks input about contacts in the observed order of SES: address, list, topics. */
import type { TopicPreference } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import { attributesFault, MAX_ATTRIBUTES_BYTES } from "../../recipients/contacts/contact-rules.ts";
import { type ContactListRow, selectContactList } from "../../stores/postgres/contact-lists.ts";
import type { ContactContent, TopicChoices } from "../../stores/postgres/contacts.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkListName } from "./contact-list-input.ts";

/** The address of a contact in its stored form. Throws a bad request for an invalid address. */
export function checkContactAddress(given: string | undefined): string {
  if (given === undefined || given.trim() === "") throw errors.contactAddressBlank();
  const address = contactAddress(given);
  if (address === undefined) throw errors.contactAddress(given);
  return address;
}

/** The list with this name. Throws a bad request for an invalid name, and not-found. */
export async function requireList(database: ScopedQueryable, given: string | undefined): Promise<ContactListRow> {
  const name = checkListName(given);
  const list = await selectContactList(database, name);
  if (!list) throw errors.contactListNotFound(name);
  return list;
}

/** The content of a contact of the list; omitted members are empty. Throws a bad request. */
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
    // The model's constraints have been checked, so there is a status. If a topic occurs twice, the last choice
    // applies.
    if (SubscriptionStatus !== undefined) choices.push([TopicName, SubscriptionStatus]);
  }
  // SDKs of some languages send an empty text for an omitted member.
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
