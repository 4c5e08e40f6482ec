/**
 * The names of targets in publication_batches and publication_targets: where events are published. Names without a UUID
 * contain the scope, except in the default scope: rows were written before there were others.
 */
import { defaultScope } from "./database.ts";
import { type NotificationType, notificationTypes } from "./identity-notifications.ts";

/** What a target's name refers to. */
export type NamedTarget =
  | { readonly kind: "destination"; readonly id: string }
  | { readonly kind: "webhook"; readonly id: string }
  | { readonly kind: "identity"; readonly scope: number; readonly identity: string; readonly type: NotificationType }
  | { readonly kind: "bus"; readonly scope: number };

/** The event bus that gets events about the account of a scope. */
export const busTarget = (scope: number) => `bus${suffixOf(scope)}`;

export const destinationTarget = (id: string) => `destination:${id}`;

export const webhookTarget = (id: string) => `webhook:${id}`;

export const identityTarget = (scope: number, identity: string, type: NotificationType) =>
  `identity${suffixOf(scope)}:${type}:${identity}`;

const suffixOf = (scope: number) => (scope === defaultScope ? "" : `@${scope}`);

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Undefined for a text that names no target. */
export function parseTarget(target: string): NamedTarget | undefined {
  const [, kind, number, rest] = /^([a-z]+)(?:@([1-9]\d{0,9}))?(?::(.*))?$/s.exec(target) ?? [];
  // Each target has one name.
  if (number === `${defaultScope}`) return undefined;
  const scope = number === undefined ? defaultScope : Number(number);
  if (kind === "bus") return rest === undefined ? { kind, scope } : undefined;
  if (rest === undefined) return undefined;
  if (kind === "identity") {
    const type = notificationTypes.find((one) => rest.startsWith(`${one}:`));
    return type && { kind, scope, type, identity: rest.slice(type.length + 1) };
  }
  if ((kind !== "destination" && kind !== "webhook") || number !== undefined) return undefined;
  return uuid.test(rest) ? { kind, id: rest } : undefined;
}
