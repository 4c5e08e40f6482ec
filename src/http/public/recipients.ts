/** Routes for people who are not users of this server: recipients of mail, and owners of addresses. */
import type { FastifyInstance } from "fastify";
import { type IdentityVerificationServices, mountIdentityVerification } from "./identity-verification.ts";
import { mountSubscriptions, type SubscriptionServices } from "./subscriptions.ts";
import { mountTracking, type TrackingServices } from "./tracking.ts";

export interface RecipientServices extends TrackingServices, SubscriptionServices, IdentityVerificationServices {}

/** The plugin with tracking, the subscription page and the address verification page. */
export async function recipientRoutes(app: FastifyInstance, services: RecipientServices): Promise<void> {
  mountTracking(app, services);
  mountSubscriptions(app, services);
  mountIdentityVerification(app, services);
}
