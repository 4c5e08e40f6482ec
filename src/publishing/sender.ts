/** What sends events to a kind of target: AWS's services, webhooks. */
import type { PublishedEvent } from "./published-event.ts";

/** The result for one event. */
export type SendResult =
  | { readonly outcome: "delivered" }
  /** Tried, and failed. A permanent failure is not tried again. */
  | { readonly outcome: "failed"; readonly permanent: boolean; readonly error: string }
  /** Not tried, because `stopping` was aborted before. */
  | { readonly outcome: "untried" };

export interface Sender {
  /** How many events and bytes of bodies a call of `send` takes. */
  readonly limits: { readonly events: number; readonly bytes: number };
  /**
   * Sends events to one target; resolves to a result for each, in the order given. Each call to the other side has a
   * deadline. Once `stopping` is aborted, it begins nothing new and finishes what is in progress. `tries` is the number
   * of earlier failed tries. Rejects only for faults of this server, such as an unreachable database.
   */
  send(events: readonly PublishedEvent[], options: { tries: number; stopping: AbortSignal }): Promise<SendResult[]>;
}
