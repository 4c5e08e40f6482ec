import type { Handler } from "../../contract/v1/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { selectIdentityFeedback } from "../../stores/postgres/identity-notifications.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import type { IdentityNotificationServices } from "../identities/identity-notifications.ts";
import { askedNames } from "./asked-identities.ts";
import { givenIdentity } from "./given-identity.ts";

/** GetIdentityNotificationAttributes. As in SES, unknown identities are left out, and a topic that is not set is empty. */
export function getIdentityNotificationAttributes(
  services: Pick<IdentityNotificationServices, "database"> & { scope: Scope },
): Handler<"GetIdentityNotificationAttributes"> {
  const { database, scope } = services;
  const nameOf = (given: string) => normalizeIdentityName(givenIdentity(scope, given))?.name;
  return async (input) => {
    const asked = askedNames(input.Identities).map((given) => ({ given, name: nameOf(given) }));
    const names = asked.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const found = await selectIdentityFeedback(database, [...new Set(names)]);
    const attributes = asked.flatMap(({ given, name = "" }) => {
      const feedback = found.get(name);
      if (feedback === undefined) return [];
      const { Bounce, Complaint, Delivery } = feedback.notifications;
      const shown = {
        BounceTopic: Bounce.topicArn ?? "",
        ComplaintTopic: Complaint.topicArn ?? "",
        DeliveryTopic: Delivery.topicArn ?? "",
        ForwardingEnabled: feedback.feedbackForwarding,
        HeadersInBounceNotificationsEnabled: Bounce.headers,
        HeadersInComplaintNotificationsEnabled: Complaint.headers,
        HeadersInDeliveryNotificationsEnabled: Delivery.headers,
      };
      return [[given, shown] as const];
    });
    return { NotificationAttributes: Object.fromEntries(attributes) };
  };
}
