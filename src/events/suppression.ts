/**
 * Suppression lists in a commit: finds suppressed recipients, and addresses to add to the lists.
 * Rules differ by message: its configuration set determines which reasons count and which list, or else the account.
 */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import { isSimulatedAddress } from "../mail/simulator.ts";
import { contactAddress } from "../recipients/contacts/contact-address.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  findSuppressions,
  foldedAddress,
  type SuppressedDestination,
  type SuppressionKey,
} from "../stores/postgres/suppressed-destinations.ts";
import type { BounceEvent, ComplaintEvent, MailEvent } from "./event.ts";

/** The properties of a message that determine its rule. */
export interface MessageOrigin {
  scope: number;
  configurationSet: string | undefined;
  tenant: string | undefined;
  /** The scope of the identity if another account owns it: that account may want to be notified. */
  identityScope?: number | undefined;
}

/** The rule for a message. */
export interface SuppressionRule {
  /** The list's owner: a tenant, or the account (''). */
  tenant: string;
  /** The reasons for which mail is suppressed and addresses are added to the list. */
  reasons: readonly SuppressionListReason[];
}

/** Finds a message's rule. Called for each commit, so it must not run a query each time. */
export type SuppressionRules = (origin: MessageOrigin) => Promise<SuppressionRule>;

/** Why a recipient is suppressed. */
export interface Suppression {
  reason: SuppressionListReason;
  list: "account" | "tenant";
}

/** A message's suppressed recipients by address: the domain in lower case, the local part unchanged. */
export type SuppressedRecipients = ReadonlyMap<string, Suppression>;

/** A message and its recipients' addresses, in the same format. */
export interface Addressed {
  origin: MessageOrigin;
  addresses: readonly string[];
}

/** Finds the suppressed recipients of each message in the current lists, with one query per list of a scope. */
export async function findSuppressed(
  database: Database,
  rules: SuppressionRules,
  messages: readonly Addressed[],
): Promise<SuppressedRecipients[]> {
  const ruleOf = remembering(rules);
  const keys: SuppressionKey[] = [];
  const ruled: (Addressed & { rule: SuppressionRule })[] = [];
  for (const message of messages) {
    const rule = await ruleOf(message.origin);
    const { origin, addresses } = message;
    ruled.push({ origin, addresses, rule });
    if (rule.reasons.length === 0) continue;
    const { scope } = origin;
    for (const address of addresses) keys.push({ scope, tenant: rule.tenant, address });
  }
  const found = await findSuppressions(database, keys);
  return ruled.map(({ origin, addresses, rule }) => {
    const suppressed = new Map<string, Suppression>();
    const list = found.get(origin.scope)?.get(rule.tenant);
    if (!list) return suppressed;
    for (const address of addresses) {
      const listed = list.get(foldedAddress(address));
      const reason = rule.reasons.find((one) => listed?.has(one));
      if (reason === undefined) continue;
      suppressed.set(address, { reason, list: rule.tenant === "" ? "account" : "tenant" });
    }
    return suppressed;
  });
}

/** Events of one request. `origin` is that of messages without a SEND among them; unset, the account's rule applies. */
export interface Recorded {
  events: readonly MailEvent[];
  origin: MessageOrigin | undefined;
}

/** An address to add to a list of a scope. */
export interface AutomaticSuppression extends SuppressedDestination {
  readonly scope: number;
}

/** The addresses that hard bounces and complaints add to the lists; the last event of an address counts. */
export async function automaticSuppressions(
  rules: SuppressionRules,
  recorded: readonly Recorded[],
  now: Date,
): Promise<AutomaticSuppression[]> {
  const causes: {
    event: BounceEvent | ComplaintEvent;
    reason: SuppressionListReason;
    origin: MessageOrigin | undefined;
  }[] = [];
  const messageIds = new Set<string>();
  for (const { events, origin } of recorded) {
    for (const event of events) {
      if (event.type !== "BOUNCE" && event.type !== "COMPLAINT") continue;
      const reason = suppressionReason(event);
      if (!reason) continue;
      causes.push({ event, reason, origin });
      messageIds.add(event.messageId);
    }
  }
  // Most commits have none.
  if (causes.length === 0) return [];
  const origins = new Map<string, MessageOrigin>();
  for (const { events } of recorded) {
    for (const event of events) {
      if (event.type !== "SEND" || !messageIds.has(event.messageId)) continue;
      const { configurationSet, tenant } = event.message;
      origins.set(event.messageId, { scope: event.scope, configurationSet, tenant });
    }
  }
  const ruleOf = remembering(rules);
  const rows = new Map<string, AutomaticSuppression>();
  for (const { event, reason, origin } of causes) {
    const address = contactAddress(event.recipient);
    if (address === undefined) continue;
    const { scope } = event;
    const { tenant, reasons } = await ruleOf(
      origins.get(event.messageId) ?? origin ?? { scope, configurationSet: undefined, tenant: undefined },
    );
    if (!reasons.includes(reason)) continue;
    const { messageId, feedbackId } = event;
    const added = { scope, tenant, address, reason, updatedAt: now, messageId, feedbackId };
    rows.set(`${scope} ${tenant} ${address}`, added);
  }
  return [...rows.values()];
}

/**
 * Why an event adds its address to a list; undefined if it adds none. "Hard bounces and complaints" in SES's terms:
 * excludes bounces caused by suppression, which have their own subtype, the mailbox simulator's, guessed reasons,
 * reports that can't be trusted, and reports that are no complaints (RFC 5965, 7.3: `auth-failure`, `virus`, ...).
 */
export function suppressionReason(event: BounceEvent | ComplaintEvent): SuppressionListReason | undefined {
  if (isSimulatedAddress(event.recipient) || event.distrusted) return undefined;
  return event.type === "BOUNCE" ? bounceReason(event) : complaintReason(event);
}

function bounceReason({ bounceType, bounceSubType, guessed }: BounceEvent): "BOUNCE" | undefined {
  if (bounceType !== "Permanent" || guessed) return undefined;
  return bounceSubType === "General" || bounceSubType === "NoEmail" ? "BOUNCE" : undefined;
}

function complaintReason({ complaintSubType, complaintFeedbackType }: ComplaintEvent): "COMPLAINT" | undefined {
  if (complaintSubType !== undefined) return undefined;
  return complaintFeedbackType === undefined || complaints.has(complaintFeedbackType) ? "COMPLAINT" : undefined;
}

/** The feedback types by which a recipient complains. */
const complaints = new Set(["abuse", "fraud"]);

/** Caches rules by origin: the messages of a commit have few origins. */
function remembering(rules: SuppressionRules): SuppressionRules {
  const known = new Map<string, Promise<SuppressionRule>>();
  return (origin) => {
    const key = `${origin.scope}\n${origin.configurationSet ?? ""}\n${origin.tenant ?? ""}`;
    let rule = known.get(key);
    if (!rule) {
      rule = rules(origin);
      known.set(key, rule);
    }
    return rule;
  };
}
