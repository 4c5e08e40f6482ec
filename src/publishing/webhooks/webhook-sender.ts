/** Sends events to a webhook. */
import type { StoredWebhook } from "../../stores/postgres/webhooks.ts";
import type { PublishedEvent } from "../published-event.ts";
import type { Sender, SendResult } from "../sender.ts";
import { bareFormat, eventFormat } from "../ses-event/sns-texts.ts";
import { type DeliveryEntry, entryOf, logDeliveries } from "./delivery-log.ts";
import { publishingObstacle } from "./obstacle.ts";
import type { PostResult } from "./post.ts";
import { createRequests, type RequestOf } from "./requests.ts";
import { createSlots } from "./slots.ts";
import type { WebhookServices } from "./webhook-services.ts";

/** Returns the sender of a webhook: of events, or of the notifications of an identity. */
export type WebhookSender = (webhook: StoredWebhook, sent?: "events" | "notifications") => Sender;

const limits = { events: 500, bytes: 4 * 1024 * 1024 };

/**
 * Returns a function that creates the sender of a webhook, as it is in the database at the time. Senders of one webhook
 * share its connections.
 */
export function createWebhookSender(services: WebhookServices): WebhookSender {
  const slotsOf = createSlots(services.connections);

  return (webhook, sent = "events") => ({
    limits,
    async send(events, { tries, stopping }) {
      const obstacle = publishingObstacle(webhook);
      if (obstacle !== undefined) {
        return events.map(() => ({ outcome: "failed", permanent: false, error: obstacle }));
      }
      const requestOf = await createRequests(services, webhook);
      const slots = slotsOf(webhook.id);
      const batch = new Batch({ services, webhook, sent, requestOf }, events, tries);
      const begin = async () => {
        for (;;) {
          await slots.take();
          const posting = stopping.aborted ? undefined : batch.postNext();
          if (posting) await posting.finally(slots.give);
          else return slots.give();
        }
      };
      await Promise.all(Array.from({ length: Math.min(services.connections, events.length) }, begin));
      await logDeliveries(services, webhook.id, batch.entries);
      return batch.results();
    },
  });
}

interface BatchServices {
  readonly services: WebhookServices;
  readonly webhook: StoredWebhook;
  readonly sent: "events" | "notifications";
  readonly requestOf: RequestOf;
}

/** The events of a call. */
class Batch {
  readonly entries: DeliveryEntry[] = [];
  readonly #with: BatchServices;
  readonly #events: readonly PublishedEvent[];
  readonly #tries: number;
  readonly #results: (SendResult | undefined)[];
  /**
   * After so many failures without a success between them, the rest fails without being posted, so that a receiver that
   * hangs holds up its sender for two deadlines instead of one for every few events.
   */
  readonly #mostFailures: number;
  #failures = 0;
  #lastError = "";
  #begun = 0;

  constructor(batch: BatchServices, events: readonly PublishedEvent[], tries: number) {
    this.#with = batch;
    this.#events = events;
    this.#tries = tries;
    this.#results = events.map(() => undefined);
    this.#mostFailures = 2 * batch.services.connections;
  }

  /** Posts the next event; undefined if there is none left to post. */
  postNext(): Promise<void> | undefined {
    // Those in progress may fail, too.
    const inProgress = this.#begun - this.entries.length;
    if (this.#begun === this.#events.length || this.#failures + inProgress >= this.#mostFailures) return undefined;
    // Other events come first in each try, so that each is posted in some try.
    const index = (this.#begun + this.#tries * this.#mostFailures) % this.#events.length;
    const event = this.#events[index];
    this.#begun++;
    return event && this.#post(event, index);
  }

  async #post(event: PublishedEvent, index: number): Promise<void> {
    const { services, webhook, sent, requestOf } = this.#with;
    const isEvent = sent === "events";
    const request = requestOf({ id: event.id, body: event.body, format: isEvent ? eventFormat : bareFormat });
    const startedAt = services.clock().getTime();
    const started = performance.now();
    const result = await services.client.post(request instanceof Promise ? await request : request);
    const time = { startedAt, milliseconds: Math.round(performance.now() - started) };
    const { id: eventId, type, messageId } = event;
    // The archive has events, and no notifications.
    const publication = isEvent ? event.publication : undefined;
    const known = { eventId, type, messageId, publication, url: webhook.url, try: this.#tries + 1 };
    this.entries.push(entryOf(known, result, time));
    this.#results[index] = outcomeOf(result);
    if (result.error === undefined || result.permanent) {
      this.#failures = 0;
    } else {
      this.#failures++;
      this.#lastError = result.error;
    }
  }

  /** A result per event, in their order. */
  results(): SendResult[] {
    const rest: SendResult =
      this.#failures >= this.#mostFailures
        ? {
            outcome: "failed",
            permanent: false,
            error: `not posted, since many posts before failed: ${this.#lastError}`,
          }
        : { outcome: "untried" };
    return this.#results.map((result) => result ?? rest);
  }
}

const delivered: SendResult = { outcome: "delivered" };

function outcomeOf({ error, permanent }: PostResult): SendResult {
  return error === undefined ? delivered : { outcome: "failed", permanent, error };
}
