/** A contact's topic preferences, as returned by operations. */
import type { TopicPreference } from "@aws-sdk/client-sesv2";
import type { ContactListRow } from "../../stores/postgres/contact-lists.ts";
import type { TopicChoices } from "../../stores/postgres/contacts.ts";

/**
 * The contact's own choices, and the defaults of the topics without a choice, both in the list's order of topics. Omits
 * choices for topics that the list no longer has, because they have no effect.
 */
export function topicPreferences(
  list: Pick<ContactListRow, "topics">,
  choices: TopicChoices,
): { TopicPreferences: TopicPreference[]; TopicDefaultPreferences: TopicPreference[] } {
  const TopicPreferences: TopicPreference[] = [];
  const TopicDefaultPreferences: TopicPreference[] = [];
  for (const { TopicName, DefaultSubscriptionStatus } of list.topics) {
    const choice = Object.hasOwn(choices, TopicName) ? choices[TopicName] : undefined;
    if (choice !== undefined) TopicPreferences.push({ TopicName, SubscriptionStatus: choice });
    else TopicDefaultPreferences.push({ TopicName, SubscriptionStatus: DefaultSubscriptionStatus });
  }
  return { TopicPreferences, TopicDefaultPreferences };
}
