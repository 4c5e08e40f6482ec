/** Checks input about contact lists in the observed order of SES. */
import type { Topic } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import {
  isStorableText,
  listNamePattern,
  MAX_DESCRIPTION,
  MAX_DISPLAY_NAME,
  MAX_TOPICS,
} from "../../recipients/contacts/contact-rules.ts";
import type { ContactListContent, ListTopic } from "../../stores/postgres/contact-lists.ts";

/** Checks and returns the name of a list. Throws a bad request. */
export function checkListName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw errors.contactListNameBlank();
  if (!listNamePattern.test(name)) throw errors.contactListName();
  return name;
}

/** Checks the content of a list, except its name. Throws a bad request. */
export function checkListContent(input: {
  Topics?: readonly Topic[] | undefined;
  Description?: string | undefined;
}): ContactListContent {
  if ((input.Topics ?? []).length > MAX_TOPICS) throw errors.tooManyTopics(MAX_TOPICS);
  const topics = (input.Topics ?? []).map(checkedTopic);
  for (const [index, { TopicName }] of topics.entries()) {
    if (topics.findIndex((other) => other.TopicName === TopicName) < index) throw errors.repeatedTopic();
  }
  const description = input.Description ?? null;
  if (description !== null && description.length > MAX_DESCRIPTION) throw errors.listDescription(MAX_DESCRIPTION);
  if (description !== null && !isStorableText(description)) throw errors.contactText("Description");
  return { description, topics };
}

function checkedTopic({ TopicName = "", DisplayName = "", Description, DefaultSubscriptionStatus }: Topic): ListTopic {
  if (TopicName.trim() === "") throw errors.topicNameBlank();
  if (!listNamePattern.test(TopicName)) throw errors.topicName();
  if (DisplayName.length > MAX_DISPLAY_NAME) throw errors.topicDisplayName(MAX_DISPLAY_NAME);
  if (!isStorableText(DisplayName)) throw errors.contactText("DisplayName");
  if (Description !== undefined) {
    // SES's limit is unknown; this is the limit for the list's description.
    if (Description.length > MAX_DESCRIPTION) throw errors.topicDescription(MAX_DESCRIPTION);
    if (!isStorableText(Description)) throw errors.contactText("Description");
  }
  // The model's constraints have been checked, so it is one of the two values.
  return { TopicName, DisplayName, Description, DefaultSubscriptionStatus: DefaultSubscriptionStatus ?? "OPT_OUT" };
}
