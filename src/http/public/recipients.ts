/** What people open who are no users of this server: recipients of mail, and owners of addresses. */
import type { FastifyInstance } from "fastify";
import { type IdentityVerificationServices, mountIdentityVerification } from "./identity-verification.ts";
import { mountSubscriptions, type SubscriptionServices } from "./subscriptions.ts";
import { mountTracking, type TrackingServices } from "./tracking.ts";

/** What they are answered from. */
export interface RecipientServices extends TrackingServices, SubscriptionServices, IdentityVerificationServices {}

/** Adds tracking, the pages of subscriptions and of address verification, as a plugin of its own. */
export async function recipientRoutes(app: FastifyInstance, services: RecipientServices): Promise<void> {
  mountTracking(app, services);
  mountSubscriptions(app, services);
  mountIdentityVerification(app, services);
}
