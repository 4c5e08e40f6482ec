/** The router and the publisher on a test's database, with doubles of targets. */

import { expect } from "vitest";
import { commitEntries } from "../../src/events/commit.ts";
import type { MailEvent } from "../../src/events/event.ts";
import { createMessageId } from "../../src/events/message-id.ts";
import { createMessageRenderers } from "../../src/publishing/message-renderers.ts";
import { type Publisher, startPublisher, type TargetState } from "../../src/publishing/publisher.ts";
import { createPublishingFeed } from "../../src/publishing/publishing-feed.ts";
import { type BacklogLimits, type Router, startRouter } from "../../src/publishing/router.ts";
import type { AllSubscriptions, Subscription, Subscriptions } from "../../src/publishing/subscriptions.ts";
import type { EventRow } from "../../src/stores/clickhouse/events.ts";
import type { Database } from "../../src/stores/postgres/database.ts";
import { defaultScope } from "../../src/stores/postgres/database.ts";
import { selectBacklogs } from "../../src/stores/postgres/publication-batches.ts";
import { countUnrouted } from "../../src/stores/postgres/publications.ts";
import { eventually } from "./eventually.ts";
import { deliveryEvent, sendEvent } from "./mail-events.ts";
import { noObjects } from "./no-objects.ts";
import { recordingLog } from "./recording-log.ts";
import { type RecordingSender, recordingSender } from "./recording-sender.ts";
import { suppressNothing } from "./suppression-rules.ts";

const noNotifications: Subscriptions["notifications"] = { isEmpty: true, of: () => undefined };

interface ScopedSubscription extends Subscription {
  readonly scope: number;
}

export interface PublishingRunOptions {
  retries?: number[];
  limits?: Partial<BacklogLimits>;
  maxAgeMs?: number;
}

export class PublishingRun {
  readonly database: Database;
  readonly list: ScopedSubscription[] = [];
  /** What the targets are. */
  readonly senders = new Map<string, RecordingSender | "held" | "gone">();
  /** A message's events in the event database. */
  history: (messageId: string) => Promise<EventRow[]> = async () => [];
  /** Returns the time of commits, the router and the publisher. */
  clock: () => Date = () => new Date();
  readonly log = recordingLog("fatal");
  readonly #routers: Router[] = [];
  /** Called in reverse order. */
  stops: (() => Promise<void>)[] = [];

  constructor(database: Database) {
    this.database = database;
  }

  readonly subscriptions = async (): Promise<AllSubscriptions> => ({
    of: (scope) => ({ list: this.list.filter((one) => one.scope === scope), notifications: noNotifications }),
    isEmpty: this.list.length === 0,
    byMinute: new Set(this.list.filter(({ byMinute }) => byMinute).map(({ target }) => target)),
  });

  /** Adds a target that wants SEND and DELIVERY of the configuration set `news` in the default scope. */
  subscribe(target: string, over: Partial<ScopedSubscription> = {}): RecordingSender {
    const types = new Set(["SEND", "DELIVERY"] as const);
    this.list.push({ scope: defaultScope, target, configurationSet: "news", types, byMinute: false, ...over });
    const sender = recordingSender();
    this.senders.set(target, sender);
    return sender;
  }

  /** Starts a process's router and publisher. */
  start({ retries = [0.01], limits, maxAgeMs = 60_000 }: PublishingRunOptions = {}): {
    router: Router;
    publisher: Publisher;
  } {
    const { database } = this;
    const renderers = createMessageRenderers({
      database,
      history: (messageId) => this.history(messageId),
      render: async ({ configuration_set = "", identity = "", source = "", message_id }) => ({
        configurationSet: configuration_set,
        identity,
        source,
        event: ({ type }) => JSON.stringify({ eventType: type, messageId: message_id }),
        notification: ({ type }) => JSON.stringify({ notificationType: type }),
      }),
    });
    const common = { database, clock: () => this.clock(), log: this.log.log, pace: unpaced };
    const targetState = (target: string) => this.#stateOf(target);
    const publisher = startPublisher({ ...common, targetState }, { retries, maxAgeMs });
    const router = startRouter(
      { ...common, renderers, subscriptions: this.subscriptions, queued: publisher.wake },
      { events: 1_000_000, bytes: 1 << 30, ...limits },
    );
    this.#routers.push(router);
    this.stops.push(publisher.stop, router.stop);
    return { router, publisher };
  }

  /** Commits events; those of later events than the SEND need the origin's configuration set. */
  async commit(events: readonly MailEvent[], origin?: { configurationSet: string | undefined }): Promise<void> {
    const scope = events[0]?.scope ?? defaultScope;
    const services = {
      database: this.database,
      objects: noObjects,
      suppressionRules: suppressNothing,
      interest: () => createPublishingFeed(this.subscriptions).interest(),
      clock: () => this.clock(),
    };
    await commitEntries(services, [
      { kind: "events", events, origin: origin && { scope, tenant: undefined, ...origin } },
    ]);
    for (const router of this.#routers) router.wake();
  }

  /** A SEND and its delivery. */
  sent(configurationSet: string | undefined = "news", scope = defaultScope): [MailEvent, MailEvent] {
    const sentAt = this.clock();
    const messageId = createMessageId(sentAt);
    const send = sendEvent({ scope, messageId, sentAt, message: { configurationSet } });
    return [send, deliveryEvent({ ...send, at: sentAt })];
  }

  /** Resolves once everything was routed, and nothing waits for a target. */
  async settled(): Promise<void> {
    await eventually(async () => {
      expect(await countUnrouted(this.database)).toMatchObject({ events: 0 });
      expect(await selectBacklogs(this.database)).toEqual([]);
    });
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.reverse()) await stop();
    this.stops = [];
  }

  async #stateOf(target: string): Promise<TargetState> {
    const sender = this.senders.get(target) ?? "gone";
    return typeof sender === "string" ? { state: sender } : { state: "open", sender };
  }
}

/** The IDs of all events that a sender was given, in order. */
export function idsOf(sender: RecordingSender): string[] {
  return sender.calls.flat().map(({ id }) => id);
}

async function unpaced(_events: number, work: () => Promise<void>): Promise<void> {
  await work();
}
