import type { Handler } from "../../contract/v1/types.ts";
import { type IdentityNotificationServices, setNotificationTopic } from "../identities/identity-notifications.ts";
import { notificationTypeOf } from "./notification-type.ts";

/** SetIdentityNotificationTopic: an empty or omitted topic means none. */
export function setIdentityNotificationTopic(
  services: IdentityNotificationServices,
): Handler<"SetIdentityNotificationTopic"> {
  return async (input) => {
    const { Identity: identity = "", NotificationType: type, SnsTopic: topic } = input;
    await setNotificationTopic(services, identity, notificationTypeOf(type), topic || undefined);
    return {};
  };
}
