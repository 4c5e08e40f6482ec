import type { Handler, Input } from "../../contract/types.ts";
import type { ContactListRow } from "../../stores/postgres/contact-lists.ts";
import { type ContactFilter, selectContactPage } from "../../stores/postgres/contacts-pages.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { requireList, requireTopic } from "./contact-input.ts";
import { pageSize, pageStart, pageToken } from "./paging.ts";
import { topicPreferences } from "./topic-preferences.ts";

/**
 * ListContacts: ordered by address, so that contacts created or deleted between pages neither repeat nor hide others.
 * As in SES, a filtered page may have fewer contacts than requested, or none, and still a token.
 */
export function listContacts({ database }: { database: Database }): Handler<"ListContacts"> {
  return async (input) => {
    const size = pageSize(input.PageSize);
    const list = await requireList(database, input.ContactListName);
    const filter = readFilter(list, input.Filter);
    const { status = "", topic = "" } = filter;
    const usesDefault = input.Filter?.TopicFilter?.UseDefaultIfPreferenceUnavailable === true;
    const kind = `contacts ${list.name} ${status} ${topic} ${usesDefault}`;
    const after = pageStart(kind, input.NextToken);
    const page = await selectContactPage(database, list.name, { after, limit: size, filter });
    return {
      Contacts: page.contacts.map(({ address, preferences, unsubscribeAll, updatedAt }) => ({
        EmailAddress: address,
        ...topicPreferences(list, preferences),
        UnsubscribeAll: unsubscribeAll,
        LastUpdatedTimestamp: updatedAt,
      })),
      NextToken: pageToken(kind, page.next),
    };
  };
}

function readFilter(list: ContactListRow, given: Input<"ListContacts">["Filter"]): ContactFilter {
  const name = given?.TopicFilter?.TopicName;
  const status = given?.FilteredStatus;
  if (!name) return { status, topic: undefined, defaultStatus: undefined };
  const topic = requireTopic(list, name);
  const usesDefault = given?.TopicFilter?.UseDefaultIfPreferenceUnavailable === true;
  return { status, topic: name, defaultStatus: usesDefault ? topic.DefaultSubscriptionStatus : undefined };
}
