/** The names of targets in publication_batches and publication_targets: where events are published. */
import { defaultScope } from "./database.ts";
import { type NotificationType, notificationTypes } from "./identity-notifications.ts";

/** What a target's name refers to. */
export type NamedTarget =
  | { readonly kind: "destination"; readonly id: string }
  | { readonly kind: "webhook"; readonly id: string }
  | {
      readonly kind: "identity";
      readonly scope: number;
      readonly identity: string;
      readonly type: NotificationType;
    }
  | { readonly kind: "bus" };

/** The event bus that gets events about the account. */
export const busTarget = "bus";

export const destinationTarget = (id: string) => `destination:${id}`;

export const webhookTarget = (id: string) => `webhook:${id}`;

/** Names of the default scope have no number: rows from before there were others have them. */
export function identityTarget(scope: number, identity: string, type: NotificationType): string {
  return `identity${scope === defaultScope ? "" : `@${scope}`}:${type}:${identity}`;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Undefined for a text that names no target. */
export function parseTarget(target: string): NamedTarget | undefined {
  if (target === busTarget) return { kind: "bus" };
  // Numbers of more digits may be none of the database's.
  const [, kind, scoped, rest = ""] = /^(destination|webhook|identity)(?:@([0-9]{1,9}))?:(.*)$/s.exec(target) ?? [];
  if (kind === "destination" || kind === "webhook") {
    return scoped === undefined && uuid.test(rest) ? { kind, id: rest } : undefined;
  }
  const type = notificationTypes.find((one) => rest.startsWith(`${one}:`));
  if (kind !== "identity" || type === undefined) return undefined;
  const scope = Number(scoped ?? defaultScope);
  const identity = rest.slice(type.length + 1);
  return identityTarget(scope, identity, type) === target ? { kind, scope, type, identity } : undefined;
}
