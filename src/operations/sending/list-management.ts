/**
 * Mail of a contact list (ListManagementOptions): whether the recipients want it, and where they unsubscribe.
 * Messages that arrive together share a statement, as they share a commit; other mail does not come here.
 */

import { errors } from "../../contract/errors.ts";
import { mailboxOf } from "../../mail/address.ts";
import { isStorableText } from "../../recipients/contacts/contact-rules.ts";
import type { SubscriptionLinks } from "../../recipients/subscriptions/subscription-links.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { type Enrolment, type EnrolmentOutcome, enrol } from "../../stores/postgres/subscriptions.ts";
import type { PreparedMessage } from "./envelope.ts";

/** What a message's list has to say of it. */
export interface ListedMessage {
  /** The recipients who do not want it, as their events name them. */
  readonly unsubscribed: ReadonlySet<string>;
  /**
   * Where its recipient unsubscribes; undefined for a message to several: each would have the others' link (SES adds
   * links to mail for one recipient only, too).
   */
  unsubscribeUrl(messageId: string): string | undefined;
}

/** Contact lists, as sending sees them. */
export interface ListManagement {
  /**
   * Asks the list of a message; undefined where it has none. A recipient who is not on the list becomes a contact of it,
   * as in SES. Throws not found where the list does not exist or does not have the topic; then nothing is changed.
   */
  listed(message: Pick<PreparedMessage, "listManagement" | "recipients">): Promise<ListedMessage | undefined>;
}

/** The most enrolments in a statement. */
const maxTogether = 500;

/** Makes it. */
export function createListManagement(services: {
  database: Database;
  links: SubscriptionLinks;
  clock: () => Date;
}): ListManagement {
  const { links } = services;
  const ask = createEnroller(services);
  return {
    async listed({ listManagement, recipients }) {
      if (listManagement === undefined) return undefined;
      const { contactListName: list } = listManagement;
      const topic = listManagement.topicName === "" ? undefined : listManagement.topicName;
      // No list has such a name, and PostgreSQL refuses it in a text.
      if (!isStorableText(list)) throw errors.contactListNotFound(list);
      if (topic !== undefined && !isStorableText(topic)) throw errors.topicNotInList(list, topic);
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
            : links.url({ messageId, recipient: only.address.address, list, topic }),
      };
    },
  };
}

interface Waiting {
  enrolment: Enrolment;
  resolve: (outcome: EnrolmentOutcome) => void;
  reject: (reason: unknown) => void;
}

/** Enrols what is asked for within a turn of the event loop, or while a statement runs, together. */
function createEnroller({ database, clock }: { database: Database; clock: () => Date }) {
  const waiting: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxTogether);
      const enrolments = batch.map(({ enrolment }) => enrolment);
      try {
        const outcomes = await enrol(database, enrolments, clock());
        for (const [index, { resolve, reject }] of batch.entries()) {
          const outcome = outcomes[index];
          if (outcome === undefined) reject(new Error("An enrolment has no outcome"));
          else resolve(outcome);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  }

  return (enrolment: Enrolment): Promise<EnrolmentOutcome> =>
    new Promise((resolve, reject) => {
      waiting.push({ enrolment, resolve, reject });
      if (running) return;
      running = true;
      setImmediate(run);
    });
}
