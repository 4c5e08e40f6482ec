/** Routes for those who are not users of this server: recipients of mail, owners of addresses, receivers of webhooks. */
import type { FastifyInstance } from "fastify";
import { type EventPublishingServices, mountEventPublishing } from "./event-publishing.ts";
import { type IdentityVerificationServices, mountIdentityVerification } from "./identity-verification.ts";
import { mountSubscriptions, type SubscriptionServices } from "./subscriptions.ts";
import { mountTracking, type TrackingServices } from "./tracking.ts";

export interface RecipientServices
  extends TrackingServices,
    SubscriptionServices,
    IdentityVerificationServices,
    EventPublishingServices {}

/** The plugin with tracking, the subscription page, the address verification page, and event publishing. */
export async function recipientRoutes(app: FastifyInstance, services: RecipientServices): Promise<void> {
  mountTracking(app, services);
  mountSubscriptions(app, services);
  mountIdentityVerification(app, services);
  mountEventPublishing(app, services);
}
