import type { Handler } from "../../contract/v1/types.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { type IdentityNotificationServices, setNotificationTopic } from "../identities/identity-notifications.ts";
import { givenIdentity } from "./given-identity.ts";
import { notificationTypeOf } from "./notification-type.ts";

/** SetIdentityNotificationTopic: an empty or omitted topic means none. */
export function setIdentityNotificationTopic(
  services: IdentityNotificationServices & { scope: Scope },
): Handler<"SetIdentityNotificationTopic"> {
  return async (input) => {
    const { Identity: given, NotificationType: type, SnsTopic: topic } = input;
    await setNotificationTopic(
      services,
      givenIdentity(services.scope, given),
      notificationTypeOf(type),
      topic || undefined,
    );
    return {};
  };
}
