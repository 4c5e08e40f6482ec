/** The events of a message, as they are or awaited. */
import type { EventOnDemand } from "../admin-api/faults.ts";
import type { ApiClient } from "./api-client.ts";
import { waitOnServer } from "./wait.ts";

/** An event, with what the server recorded of it (docs/admin-api.md). */
export interface MessageEvent {
  /** Such as `DELIVERY`. */
  readonly type: string;
  readonly at: Date;
  readonly recipient: string;
  readonly [detail: string]: unknown;
}

export interface EventsOptions {
  /** Wait for an event of this type, such as `BOUNCE`. */
  readonly until?: string;
  /** Only events of this recipient. */
  readonly recipient?: string;
  /** How long to wait, in milliseconds; 10 seconds by default. */
  readonly timeout?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

interface EventJson {
  readonly type: string;
  readonly at: string;
  readonly recipient: string;
}

interface EventsJson {
  readonly events: readonly EventJson[];
}

/** The events of a message. Rejects with a `MailglassTimeout` if an awaited one does not happen in time. */
export async function messageEvents(api: ApiClient, id: string, options: EventsOptions): Promise<MessageEvent[]> {
  const { until, recipient, timeout, signal } = options;
  const path = `/testing/messages/${encodeURIComponent(id)}/events`;
  const { events } =
    until === undefined
      ? await api.json<EventsJson>("GET", path, { parameters: { recipient }, signal })
      : await waitOnServer<EventsJson>(api, path, { parameters: { until, recipient }, timeout, signal });
  return events.map(withDate);
}

/** Adds an event to a message; resolves to it. */
export async function addEvent(api: ApiClient, id: string, event: EventOnDemand): Promise<MessageEvent> {
  const path = `/testing/messages/${encodeURIComponent(id)}/events`;
  return withDate(await api.json<EventJson>("POST", path, { content: event }));
}

function withDate(event: EventJson): MessageEvent {
  return { ...event, at: new Date(event.at) };
}
