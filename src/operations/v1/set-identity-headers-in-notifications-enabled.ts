import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { changeNotification, type IdentityNotificationServices } from "../identities/identity-notifications.ts";
import { notificationTypeOf } from "./notification-type.ts";

/** SetIdentityHeadersInNotificationsEnabled: whether notifications of a type contain the headers of the mail. */
export function setIdentityHeadersInNotificationsEnabled(
  services: Pick<IdentityNotificationServices, "database" | "settings">,
): Handler<"SetIdentityHeadersInNotificationsEnabled"> {
  return async (input) => {
    const { Identity: identity = "", NotificationType: type, Enabled: headers = false } = input;
    if (!(await changeNotification(services, identity, notificationTypeOf(type), { headers })))
      throw errors.headersIdentity(identity);
    return {};
  };
}
