/** Removes a person's mail from archives. */
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import {
  deleteArchivedMessages,
  removeArchivedRecipient,
  selectSoleArchivedMail,
} from "../../stores/postgres/archived-mail.ts";
import type { Database } from "../../stores/postgres/database.ts";

const messagesPerPage = 500;

/**
 * Overwrites mail to nobody else and deletes its rows, and removes the address from the recipients of other mail. Returns
 * the number of messages to nobody else. Stops between pages when `signal` aborts.
 */
export async function forgetArchived(
  { database, objects }: { readonly database: Database; readonly objects: Pick<ObjectStore, "erase"> },
  address: string,
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let more = true; more; ) {
    signal?.throwIfAborted();
    const page = await selectSoleArchivedMail(database, address, messagesPerPage);
    // The rows locate the mail, so they are deleted later.
    for (const [key, mail] of Map.groupBy(page, ({ location }) => location.key)) {
      await objects.erase(
        key,
        mail.map(({ location }) => location),
      );
    }
    for (const [archive, mail] of Map.groupBy(page, (one) => one.archive)) {
      await deleteArchivedMessages(
        database,
        archive,
        mail.map(({ messageId }) => messageId),
      );
    }
    removed += page.length;
    more = page.length === messagesPerPage;
  }
  await removeArchivedRecipient(database, address);
  return removed;
}
