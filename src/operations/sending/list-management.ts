/**
 * Mail of a contact list (ListManagementOptions): which recipients have unsubscribed, and the unsubscribe link.
 * Messages that arrive together share a statement, as they share a commit. Other mail does not pass through here.
 */

import { createBatcher } from "../../common/batcher.ts";
import { errors } from "../../contract/errors.ts";
import { mailboxOf } from "../../mail/address.ts";
import { listNamePattern } from "../../recipients/contacts/contact-rules.ts";
import type { SubscriptionLinks } from "../../recipients/subscriptions/subscription-links.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type Enrolment, enrol } from "../../stores/postgres/subscriptions.ts";
import type { PreparedMessage } from "./envelope.ts";

/** The contact list's data for a message. */
export interface ListedMessage {
  /** The recipients who have unsubscribed, as named in their events. */
  readonly unsubscribed: ReadonlySet<string>;
  /**
   * The recipient's unsubscribe link. Undefined for a message to several recipients, because each would have the
   * others' link (SES, too, adds links only to mail for one recipient).
   */
  unsubscribeUrl(messageId: string): string | undefined;
}

/** Contact lists as used by sending. */
export interface ListManagement {
  /**
   * Looks up a message's list; undefined if it names none. As in SES, recipients who are not on the list are added to
   * it. Throws not-found if the list or the topic does not exist; then nothing changes.
   */
  listed(message: Pick<PreparedMessage, "listManagement" | "recipients">): Promise<ListedMessage | undefined>;
}

/** The maximum number of enrollments in a statement. */
const maxTogether = 500;

export function createListManagement(services: {
  database: ScopedDatabase;
  links: SubscriptionLinks;
  clock: () => Date;
}): ListManagement {
  const { links, database, clock } = services;
  const ask = createBatcher(maxTogether, (enrolments: readonly Enrolment[]) => enrol(database, enrolments, clock()));
  return {
    async listed({ listManagement, recipients }) {
      if (listManagement === undefined) return undefined;
      const { contactListName: list } = listManagement;
      const topic = listManagement.topicName === "" ? undefined : listManagement.topicName;
      // No list or topic has another name, and PostgreSQL rejects some characters in a text.
      if (!listNamePattern.test(list)) throw errors.contactListNotFound(list);
      if (topic !== undefined && !listNamePattern.test(topic)) throw errors.topicNotInList(list, topic);
      const outcomes = await Promise.all(
        recipients.map(({ address }) => ask({ list, topic: topic ?? "", address: mailboxOf(address) })),
      );
      if (outcomes.includes("no list")) throw errors.contactListNotFound(list);
      if (outcomes.includes("no topic")) throw errors.topicNotInList(list, topic ?? "");
      const unsubscribed = recipients.filter((_, index) => outcomes[index] === "unsubscribed");
      const [only, ...others] = recipients;
      return {
        unsubscribed: new Set(unsubscribed.map(({ address }) => address.address)),
        unsubscribeUrl: (messageId) =>
          only === undefined || others.length > 0
            ? undefined
            : links.url({ scope: database.scope, messageId, recipient: only.address.address, list, topic }),
      };
    },
  };
}
