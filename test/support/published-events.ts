/** Published events with bodies as SES's. */
import { randomUUID } from "node:crypto";
import type { PublishedEvent } from "../../src/publishing/published-event.ts";

/** An event; `mail` and `more` go into its body. */
export function publishedEvent(
  changes: Partial<PublishedEvent> & { mail?: object; more?: object } = {},
): PublishedEvent {
  const { mail = {}, more = {}, ...given } = changes;
  const { type = "SEND", messageId = "0100-1" } = given;
  return {
    id: randomUUID(),
    publication: 1,
    type,
    messageId,
    at: Date.now(),
    identity: "example.com",
    body: JSON.stringify({ eventType: type, mail: { messageId, subject: "Grüße", ...mail }, ...more }),
    ...given,
  };
}

/** Events that differ in their message IDs. */
export function publishedEvents(count: number): PublishedEvent[] {
  return Array.from({ length: count }, (_, index) => publishedEvent({ messageId: `0100-${index}` }));
}
