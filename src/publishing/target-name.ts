/** The names of targets in publication_batches and publication_targets. */
import { type NotificationType, notificationTypes } from "../stores/postgres/identity-notifications.ts";

/** What a target's name refers to. */
export type NamedTarget =
  | { readonly kind: "destination"; readonly id: string }
  | { readonly kind: "webhook"; readonly id: string }
  | { readonly kind: "identity"; readonly identity: string; readonly type: NotificationType }
  | { readonly kind: "bus" };

/** The event bus that gets events about the account. */
export const busTarget = "bus";

export const identityTarget = (identity: string, type: NotificationType) => `identity:${type}:${identity}`;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Undefined for a text that names no target. */
export function parseTarget(target: string): NamedTarget | undefined {
  if (target === busTarget) return { kind: "bus" };
  const [, kind, rest = ""] = /^(destination|webhook|identity):(.*)$/s.exec(target) ?? [];
  if (kind === "destination" || kind === "webhook") return uuid.test(rest) ? { kind, id: rest } : undefined;
  if (kind !== "identity") return undefined;
  const type = notificationTypes.find((one) => rest.startsWith(`${one}:`));
  return type && { kind, type, identity: rest.slice(type.length + 1) };
}
