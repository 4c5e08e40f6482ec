/** A double of a target's sender: it records what it is sent and answers as told. */
import type { PublishedEvent } from "../../src/publishing/published-event.ts";
import type { Sender, SendResult } from "../../src/publishing/sender.ts";

export interface RecordingSender extends Sender {
  /** The events of each call. */
  readonly calls: PublishedEvent[][];
  /** How the next events are answered; delivered unless told otherwise. */
  answer: (event: PublishedEvent) => SendResult | Promise<SendResult>;
}

export function recordingSender(limits: Sender["limits"] = { events: 500, bytes: 1 << 20 }): RecordingSender {
  const sender: RecordingSender = {
    limits,
    calls: [],
    answer: () => ({ outcome: "delivered" }),
    async send(events) {
      sender.calls.push([...events]);
      return Promise.all(events.map((event) => sender.answer(event)));
    },
  };
  return sender;
}
