import { type NotificationType, notificationTypes } from "../../stores/postgres/identity-notifications.ts";

/** The type of notifications in a call, whose constraints were checked. */
export function notificationTypeOf(given: string | undefined): NotificationType {
  const type = notificationTypes.find((one) => one === given);
  if (type === undefined) throw new Error("an unknown type of notifications passed validation");
  return type;
}
