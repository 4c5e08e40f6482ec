import type { SubscriptionStatus } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import type { ContactListRow } from "../../stores/postgres/contact-lists.ts";
import { type ContactFilter, selectContactPage } from "../../stores/postgres/contacts-pages.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { requireList } from "./contact-input.ts";
import { pageSize, pageStart, pageToken } from "./paging.ts";
import { topicPreferences } from "./topic-preferences.ts";

/**
 * ListContacts: ordered by address, so that contacts created or deleted between pages neither repeat nor hide others.
 * As in SES, a filtered page may have fewer contacts than requested, or none, and still a token. SES checks the page
 * size, the filter's members, the token, the list, and then the topic. A token is a position in the list, whatever the
 * filter.
 */
export function listContacts({ database }: { database: ScopedDatabase }): Handler<"ListContacts"> {
  return async (input) => {
    const size = pageSize(input.PageSize);
    const given = checkFilter(input.Filter);
    const kind = `contacts ${input.ContactListName}`;
    const after = pageStart(kind, input.NextToken, errors.contactsToken);
    const list = await requireList(database, input.ContactListName);
    const filter = given && contactFilter(list, given);
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

interface GivenFilter {
  status: SubscriptionStatus;
  /** Undefined for the list as a whole. */
  topic: string | undefined;
  usesDefault: boolean;
}

/** Checks the filter's members. Throws a bad request for a filter without a status, or of a topic without a name. */
function checkFilter(given: Input<"ListContacts">["Filter"]): GivenFilter | undefined {
  if (given === undefined) return undefined;
  const { FilteredStatus: status, TopicFilter: topicFilter } = given;
  if (status === undefined) throw errors.filteredStatusMissing();
  const topic = topicFilter?.TopicName;
  if (topicFilter !== undefined && (topic === undefined || topic.trim() === "")) throw errors.filterTopicBlank();
  return { status, topic, usesDefault: topicFilter?.UseDefaultIfPreferenceUnavailable === true };
}

function contactFilter(list: ContactListRow, { status, topic, usesDefault }: GivenFilter): ContactFilter {
  const found = list.topics.find(({ TopicName }) => TopicName === topic);
  if (topic !== undefined && found === undefined) throw errors.filterTopicNotFound(list.name, topic);
  return { status, topic, defaultStatus: usesDefault ? found?.DefaultSubscriptionStatus : undefined };
}
