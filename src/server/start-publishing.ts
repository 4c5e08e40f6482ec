/** Publishing: events on their way to event destinations, webhooks and the topics of identities. */
import { webhookPrivateDestinations } from "../config/config.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { Entry } from "../events/commit.ts";
import { readHistory } from "../events/history.ts";
import { createArchive, type PublicationArchive } from "../publishing/archive.ts";
import { createAwsSenders } from "../publishing/aws/aws-senders.ts";
import { startMaintenance } from "../publishing/maintenance.ts";
import { createMessageRenderers } from "../publishing/message-renderers.ts";
import { createPace } from "../publishing/pace.ts";
import { type Publisher, startPublisher } from "../publishing/publisher.ts";
import { createPublishingFeed, type PublishingFeed } from "../publishing/publishing-feed.ts";
import { createRecentHeaders } from "../publishing/recent-headers.ts";
import { createRenderer } from "../publishing/renderer.ts";
import { createReplayFilters } from "../publishing/replay-filters.ts";
import { type Router, startRouter } from "../publishing/router.ts";
import { createSubscriptionSource, type SubscriptionSource } from "../publishing/subscription-source.ts";
import { createTargetChecks, type TargetChecks } from "../publishing/target-checks.ts";
import { createTargetList, type TargetList } from "../publishing/target-list.ts";
import { createTargetSenders } from "../publishing/target-senders.ts";
import { disableFailing, webhookByArn } from "../publishing/webhooks/subscription.ts";
import { createWebhookSender } from "../publishing/webhooks/webhook-sender.ts";
import { openWebhooks, type WebhookServices } from "../publishing/webhooks/webhook-services.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";

export interface PublishingRole extends ServerServices {
  resolver: DnsResolver;
  publicUrl: () => string;
}

/** However short the retries are: what waits behind a slow receiver, or while a target is disabled, is not given up. */
const leastMaxAgeMs = 48 * 3_600_000;

/** What other roles use of publishing. */
export interface Publishing {
  readonly feed: PublishingFeed;
  readonly subscriptions: SubscriptionSource;
  readonly targetChecksOf: (scope: Scope) => TargetChecks;
  readonly webhooks: WebhookServices;
  readonly archive: PublicationArchive;
  /** The targets, with what keeps events from them. */
  readonly targets: TargetList;
  /** Reports a commit, and whether it has events to publish. */
  committed(entries: readonly Entry[], publishes: boolean): void;
  /** Starts to publish. Before, events wait. */
  start(): void;
}

/** Opens it; `closers` closes it, and stops what `start` starts. */
export async function openPublishing(role: PublishingRole, closers: Closers): Promise<Publishing> {
  const { config, stores, scopes, clock, machineClock, steadyClock, clockMoves, log } = role;
  const { database, objects } = stores;
  const { hostname, eventBridgeBus: eventBus } = config;
  const subscriptions = createSubscriptionSource({ database, eventBus, clock: steadyClock });
  const webhooks = await startWebhooks(role, () => subscriptions.changed("webhooks"));
  closers.add(() => webhooks.client.close());
  const aws = createAwsSenders(config);
  closers.add(async () => aws.close());
  const findWebhook = (scope: number, topicArn: string) => webhookByArn(webhooks, scope, topicArn);
  const recentHeaders = createRecentHeaders();
  const renderers = createMessageRenderers({
    database,
    render: createRenderer({ objects, recentHeaders }, async (scope) => ({
      ...(await scopes.byId(scope)),
      hostname,
    })),
    history: (messageId) => readHistory(stores, messageId),
  });
  const targets = createTargetList({ database, aws, topics: webhooks.topics, eventBus });
  let router: Router | undefined;
  let publisher: Publisher | undefined;
  let accepted = 0;
  const queued = () => publisher?.wake();
  return {
    feed: createPublishingFeed(subscriptions.current),
    subscriptions,
    targetChecksOf: ({ id }) =>
      createTargetChecks({ aws, webhooks, webhookByArn: (topicArn) => findWebhook(id, topicArn), log }),
    webhooks,
    archive: createArchive({
      database,
      renderers,
      filtersOf: createReplayFilters({ subscriptions, topicArnOf: webhooks.topics.topicArn, database }),
      queued,
      clock,
    }),
    targets,
    committed(entries, publishes) {
      for (const entry of entries) {
        if (entry.kind !== "submission") continue;
        accepted++;
        if (publishes) recentHeaders.keep(entry.submission.messageId, entry.submission.mime);
      }
      if (publishes) router?.wake();
    },
    start() {
      const pace = createPace({ accepted: () => accepted });
      const webhookSender = createWebhookSender(webhooks);
      const senders = { database, aws, webhookSender, webhookByArn: findWebhook, eventBus, scopeOf: scopes.byId };
      const retries = config.publishingRetrySeconds;
      const scheduleMs = retries.reduce((sum, seconds) => sum + seconds * 1000, 0);
      publisher = startPublisher(
        { database, targetState: createTargetSenders(senders), pace, clock, clockMoves, log },
        // A target that rests, or has much waiting, is tried less often than the schedule has it.
        { retries, maxAgeMs: Math.max(2 * scheduleMs, leastMaxAgeMs) },
      );
      closers.add(publisher.stop);
      router = startRouter(
        { database, renderers, subscriptions: subscriptions.current, pace, queued, clock, clockMoves, log },
        { events: config.publishingMaxEvents, bytes: config.publishingMaxBytes },
      );
      closers.add(router.stop);
      const maintenance = startMaintenance(
        {
          database,
          disableFailing: (webhook, failure) => disableFailing(webhooks, webhook, failure),
          ...{ clock, machineClock, clockMoves, log },
        },
        { keepDays: config.keepPublishedDays },
      );
      closers.add(maintenance.stop);
    },
  };
}

function startWebhooks(
  { config, stores, resolver, publicUrl, clock, machineClock, log }: PublishingRole,
  changed: () => void,
): Promise<WebhookServices> {
  return openWebhooks({
    stores,
    resolver,
    publicUrl,
    privateDestinations: webhookPrivateDestinations(config),
    connections: config.webhookConnections,
    disableDays: config.webhookDisableDays,
    changed,
    clock,
    machineClock,
    log,
  });
}
