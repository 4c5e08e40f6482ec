/**
 * Who wants which events: event destinations, webhooks and the notification topics of identities. Changes by this
 * process apply at once, changes by other processes within a second.
 */
import type { EventType } from "../events/event.ts";
import type { Recorded } from "../events/suppression.ts";
import { type AccountEventType, mailEventTypes, type PublishedType } from "./published-event.ts";
import { isNotified, type NotifiedType } from "./ses-event/event-names.ts";

/** Which events are wanted. */
export interface EventFilter {
  /** Only mail of this configuration set; undefined for all mail. */
  readonly configurationSet: string | undefined;
  readonly types: ReadonlySet<PublishedType>;
}

/** The events of its scope that a target wants. */
export interface Subscription extends EventFilter {
  readonly scope: number;
  /** The target in publication_batches. */
  readonly target: string;
  /** Whether the target takes the events of a minute together: they are held until it is over. */
  readonly byMinute: boolean;
}

/** The notifications of identities. */
export interface NotificationTopics {
  /** The target for a type of notification, and whether it contains headers; undefined for none. */
  of(type: NotifiedType, message: { identity: string; source: string }): NotificationTarget | undefined;
  readonly isEmpty: boolean;
}

export interface NotificationTarget {
  readonly target: string;
  readonly headers: boolean;
}

/** Who wants the events of one scope. */
export interface Subscriptions {
  readonly list: readonly Subscription[];
  readonly notifications: NotificationTopics;
}

/** Who wants the events of all scopes. */
export interface AllSubscriptions {
  of(scope: number): Subscriptions;
  /** Whether nothing is wanted at all. */
  readonly isEmpty: boolean;
  /** The targets of subscriptions by minute. */
  readonly byMinute: ReadonlySet<string>;
}

/** Returns a function that tells whether events of a request may be wanted. They are all of one scope. */
export function createInterestCheck(subscriptions: AllSubscriptions): (recorded: Recorded) => boolean {
  const checks = new Map<number, (recorded: Recorded) => boolean>();
  return (recorded) => {
    const [first] = recorded.events;
    if (first === undefined) return false;
    const { scope } = first;
    let check = checks.get(scope);
    if (!check) {
      check = createCheckOfScope(subscriptions.of(scope));
      checks.set(scope, check);
    }
    const owner = recorded.origin?.identityScope;
    return check(recorded) || (owner !== undefined && !subscriptions.of(owner).notifications.isEmpty);
  };
}

function createCheckOfScope({ list, notifications }: Subscriptions): (recorded: Recorded) => boolean {
  const everywhere = new Set<PublishedType>(notifications.isEmpty ? [] : mailEventTypes.filter(isNotified));
  const anywhere = new Set<PublishedType>(everywhere);
  const bySet = new Map<string, Set<PublishedType>>();
  for (const { configurationSet, types } of list) {
    for (const type of types) anywhere.add(type);
    if (configurationSet === undefined) {
      for (const type of types) everywhere.add(type);
    } else {
      const known = bySet.get(configurationSet) ?? new Set();
      for (const type of types) known.add(type);
      bySet.set(configurationSet, known);
    }
  }
  const forAllMail = mailEventTypes.some((type) => everywhere.has(type));
  return ({ events, origin }) => {
    let begins = false;
    for (const event of events) {
      if (event.type !== "SEND") continue;
      begins = true;
      // Later events need what a SEND says, so it is kept if any of them may be wanted.
      if (forAllMail || bySet.has(event.message.configurationSet ?? "")) return true;
    }
    if (begins) return false;
    if (origin === undefined) return events.some(({ type }) => anywhere.has(type));
    const own = bySet.get(origin.configurationSet ?? "");
    return events.some(({ type }) => everywhere.has(type) || own?.has(type) === true);
  };
}

/** The targets that want a mail event. */
export function wantedBy(
  { list }: Subscriptions,
  { type, configurationSet }: { type: EventType; configurationSet: string },
): Subscription[] {
  return list.filter((one) => one.types.has(type) && (one.configurationSet ?? configurationSet) === configurationSet);
}

/** The targets that want an event which is not about mail. */
export function accountEventWantedBy({ list }: Subscriptions, type: AccountEventType): Subscription[] {
  return list.filter(({ types }) => types.has(type));
}
