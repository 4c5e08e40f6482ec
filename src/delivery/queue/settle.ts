/** Turns the outcome of a delivery attempt into a settlement: the events to record, and a retry if there is one. */
import type { Settlement } from "../../events/commit.ts";
import type { BounceEvent } from "../../events/event.ts";
import type { QueuedMail } from "../../stores/postgres/send-queue.ts";
import type { Failure, Outcome } from "../transport.ts";
import {
  delayEvent,
  deliveryEvent,
  diagnosticOf,
  expiryEvent,
  refusalEvent,
  type TriedMail,
  type TryEnd,
} from "./outcome-events.ts";
import { nextTry, type RetrySchedule } from "./retry-schedule.ts";

export interface SettleOptions extends TryEnd {
  readonly worker: string;
  readonly schedule: RetrySchedule;
  /** How long delivery is attempted, in seconds, unless the configuration set specifies it. */
  readonly maxSeconds: number;
}

/** A settlement and its bounce, if any, which may have to be forwarded to the sender. */
export interface Settled {
  readonly settlement: Settlement;
  readonly bounce: BounceEvent | undefined;
}

/** Settles an attempt. The server's own mail has no `messageId` and no events. */
export function settle(mail: QueuedMail, outcome: Outcome, options: SettleOptions): Settled {
  const tried = triedMail(mail);
  if (outcome.delivered) {
    return done(mail, tried && deliveryEvent(tried, outcome.reply, outcome.host.address, options), options);
  }
  const { failure } = outcome;
  if (failure.permanent) return done(mail, tried && refusalEvent(tried, failure, options), options);
  const dueAt = nextTry(options.schedule, mail.tries + 1, options.at, mail.expiresAt);
  if (dueAt === undefined) return expired(mail, failure, options);
  const retry = { dueAt, status: failure.status, diagnostic: diagnosticOf(failure) };
  const events = tried ? [delayEvent(tried, failure, options)] : [];
  return { settlement: { ...ownerOf(mail, options), retry, events }, bounce: undefined };
}

/** Settles mail that expired while it waited, for example because its sender was paused. */
export function settleExpired(mail: QueuedMail, options: SettleOptions): Settled {
  return expired(mail, undefined, options);
}

function expired(mail: QueuedMail, failure: Failure | undefined, options: SettleOptions): Settled {
  const tried = triedMail(mail);
  const last = failure
    ? { status: failure.status, diagnostic: diagnosticOf(failure), failure }
    : { status: mail.lastStatus ?? "4.4.7", diagnostic: mail.lastDiagnostic ?? "it was not tried in time" };
  const seconds = (mail.expiresAt.getTime() - mail.sentAt.getTime()) / 1000;
  return done(mail, tried && expiryEvent(tried, last, seconds < options.maxSeconds, options), options);
}

function done(mail: QueuedMail, event: Settlement["events"][number] | undefined, options: SettleOptions): Settled {
  return {
    settlement: { ...ownerOf(mail, options), retry: undefined, events: event ? [event] : [] },
    bounce: event?.type === "BOUNCE" ? event : undefined,
  };
}

function triedMail({ scope, messageId, sentAt, recipient, expiresAt }: QueuedMail): TriedMail | undefined {
  return messageId === undefined ? undefined : { scope, messageId, sentAt, recipient, expiresAt };
}

function ownerOf({ id, scope, configurationSet, envelope }: QueuedMail, { worker }: SettleOptions) {
  const { tenant, identityScope } = envelope;
  return { id, worker, origin: { scope, configurationSet, tenant, identityScope } };
}
