/** Published events that are kept, to publish them once more. */
import type { PublishedEvent } from "./published-event.ts";

/** Which events: one, or those that were committed from `from` until before `to`. */
export type ReplayedEvents = { readonly eventId: string } | { readonly from: Date; readonly to: Date };

export interface PublicationArchive {
  /**
   * The event with this ID as it is published; undefined if it isn't kept any more.
   * @param near a time at which it was published, to find it sooner
   */
  findEvent(eventId: string, near?: Date): Promise<PublishedEvent | undefined>;
  /** Publishes the events that the target wants once more, with the same IDs. Resolves to their number. */
  replay(target: string, events: ReplayedEvents): Promise<number>;
}
