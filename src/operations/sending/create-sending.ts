/** Creates the services for sending, shared by the API and SMTP. */
import type { FastifyBaseLogger } from "fastify";
import { type Config, identityVerification, testEndpoints } from "../../config/config.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Faults } from "../../faults/faults.ts";
import { findTrackable } from "../../mail/tracking/track-message.ts";
import type { SubscriptionLinks } from "../../recipients/subscriptions/subscription-links.ts";
import type { TrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { AccountSettings } from "../account/settings.ts";
import { createTemplateCache } from "../templates/template-cache.ts";
import { type AuthorizationServices, createSenderAuthorization } from "./authorize-sender.ts";
import { createListManagement } from "./list-management.ts";
import { createSendingLimits } from "./sending-limits.ts";
import type { SendingServices } from "./sending-services.ts";
import { createTrackingChooser } from "./tracking-choice.ts";

/**
 * Creates the services of a scope; once per process, because the account's limits count messages from the API and SMTP together.
 */
export function createSending(services: {
  config: Config;
  scope: Scope;
  database: ScopedDatabase;
  outbox: Outbox;
  settings: AccountSettings;
  addresses: SendingServices["addresses"];
  settingsOfAccount: AuthorizationServices["settingsOfAccount"];
  subscriptionLinks: SubscriptionLinks;
  trackingLinks: Pick<TrackingLinks, "tracks">;
  /** The URL at which recipients reach the server. */
  publicUrl: () => string;
  /** Faults on demand; undefined without them. */
  faults?: Faults | undefined;
  clock: () => Date;
  /** For rates and how long templates are cached; `clock` by default. */
  steadyClock?: () => Date;
  log: Pick<FastifyBaseLogger, "error">;
}): SendingServices {
  const { config, scope, database, outbox, settings, settingsOfAccount, clock, steadyClock = clock, log } = services;
  const { subscriptionLinks, trackingLinks, publicUrl, addresses } = services;
  return {
    outbox,
    settings,
    addresses,
    templates: createTemplateCache({ database, clock: steadyClock }),
    lists: createListManagement({ database, links: subscriptionLinks, clock }),
    tracking: createTrackingChooser(settings, publicUrl),
    authorize: createSenderAuthorization({
      ...{ scope, settings, settingsOfAccount, verification: identityVerification(config), log },
    }),
    trackable: (mime) => findTrackable(mime, trackingLinks.tracks),
    faults: services.faults,
    clock,
    scope,
    limits: createSendingLimits(
      { database, clock, steadyClock },
      { perSecond: config.sendRate, perDay: config.dailyQuota },
    ),
    delivery: { mode: config.delivery, maxSeconds: config.maxDeliverySeconds, hostname: config.hostname },
    recordsGiven: testEndpoints(config) === "on",
    addressRules: { unicodeDomains: config.unicodeDomains },
    failed: (error, requestId) => log.error({ err: error, requestId }, "unexpected error"),
  };
}
