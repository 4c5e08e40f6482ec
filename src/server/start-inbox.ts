/** Starts the inbox, which the testing API shows. */
import { createInbox, type Inbox } from "../inbox/inbox.ts";
import { createEventReader } from "../insights/event-reader.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";

/** Every suite that waits looks once; a look takes a few milliseconds. */
const looks = { atOnce: 1, mostWaiting: 1_000 };

/** Starts it; `closers` stops it. */
export async function startInbox(
  { stores, events, clock, clockMoves, log }: ServerServices & { events: Pick<Events, "commits"> },
  closers: Closers,
): Promise<Inbox> {
  const reader = createEventReader(stores.events, looks);
  const inbox = createInbox({ ...stores, reader, commits: events.commits, clock, log });
  closers.add(async () => inbox.stop());
  // While the server was stopped, its clock may have been set back.
  await inbox.clockSetBack();
  clockMoves.onMove(() => {
    inbox
      .clockSetBack()
      .catch((error: unknown) => log.error({ err: error }, "can't set the inbox back with the clock"));
  });
  return inbox;
}
