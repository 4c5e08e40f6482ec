/** A contact list in the format that import jobs read. */
import { guardReversibly } from "../../common/spreadsheet-formula.ts";
import type { ContactListRow } from "../../stores/postgres/contact-lists.ts";
import { type ContactRecord, selectContactRecords } from "../../stores/postgres/contacts-pages.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { csvLine } from "./csv-line.ts";
import type { ListFileFormat } from "./list-file-format.ts";
import { pagesOf } from "./pages.ts";

/**
 * The file's text in pieces: CSV with a header, or one object per line. Leaves out choices for topics that the list no
 * longer has, since no import would accept them.
 */
export async function* contactFile(
  database: ScopedDatabase,
  list: Pick<ContactListRow, "name" | "topics">,
  format: ListFileFormat,
): AsyncGenerator<string> {
  const topics = list.topics.map(({ TopicName }) => TopicName);
  if (format === "csv") {
    const columns = topics.map((topic) => `topicPreferences.${topic}`);
    yield csvLine(["emailAddress", "unsubscribeAll", "attributesData", ...columns]);
  }
  const text = format === "csv" ? csv : json;
  yield* pagesOf(
    (page) => selectContactRecords(database, list.name, page),
    (contact) => text(contact, topics),
  );
}

function csv(contact: ContactRecord, topics: readonly string[]): string {
  const { address, unsubscribeAll, attributes } = contact;
  // The other columns can't look like formulas: attributes are a JSON object.
  const choices = topics.map((topic) => choiceOf(contact, topic) ?? "");
  return csvLine([guardReversibly(address), String(unsubscribeAll), attributes ?? "", ...choices]);
}

function json(contact: ContactRecord, topics: readonly string[]): string {
  const topicPreferences = topics.flatMap((topicName) => {
    const subscriptionStatus = choiceOf(contact, topicName);
    return subscriptionStatus === undefined ? [] : [{ topicName, subscriptionStatus }];
  });
  const { address: emailAddress, unsubscribeAll, attributes } = contact;
  // JSON.stringify omits undefined values.
  const attributesData = attributes ?? undefined;
  return `${JSON.stringify({ emailAddress, unsubscribeAll, attributesData, topicPreferences })}\n`;
}

function choiceOf({ preferences }: ContactRecord, topic: string) {
  return Object.hasOwn(preferences, topic) ? preferences[topic] : undefined;
}
