/**
 * What the suppression lists have to do with a commit: who of its recipients gets no mail, and who gets none from now on.
 * Rules differ by message (facts 6.1): its configuration set says which reasons count and which list, else the account.
 */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import { isSimulatedAddress } from "../mail/simulator.ts";
import { contactAddress } from "../recipients/contacts/contact-address.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  findSuppressions,
  type SuppressedDestination,
  type SuppressionKey,
} from "../stores/postgres/suppressed-destinations.ts";
import type { BounceEvent, ComplaintEvent, MailEvent } from "./event.ts";

/** What of a message decides on its rule. */
export interface MessageOrigin {
  configurationSet: string | undefined;
  tenant: string | undefined;
}

/** What holds for a message. */
export interface SuppressionRule {
  /** Whose list it is: a tenant's, or the account's (''). */
  tenant: string;
  /** The reasons for which nothing is sent, and for which addresses are put on the list. */
  reasons: readonly SuppressionListReason[];
}

/** Finds a message's rule. Asked for each commit, so it must not cost a query. */
export type SuppressionRules = (origin: MessageOrigin) => Promise<SuppressionRule>;

/** Why a recipient gets no mail. */
export interface Suppression {
  reason: SuppressionListReason;
  list: "account" | "tenant";
}

/** Who of a message's recipients gets no mail, by address: the domain in lower case, the local part as given. */
export type SuppressedRecipients = ReadonlyMap<string, Suppression>;

/** A message and the addresses that it is to go to, in that same form. */
export interface Addressed {
  origin: MessageOrigin;
  addresses: readonly string[];
}

/** Tells for each message who gets no mail, by one query of each list, as it is now. */
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
    ruled.push({ ...message, rule });
    if (rule.reasons.length === 0) continue;
    for (const address of message.addresses) keys.push({ tenant: rule.tenant, address });
  }
  const found = await findSuppressions(database, keys);
  return ruled.map(({ addresses, rule }) => {
    const suppressed = new Map<string, Suppression>();
    const list = found.get(rule.tenant);
    if (!list) return suppressed;
    for (const address of addresses) {
      const reason = list.get(address);
      if (reason === undefined || !rule.reasons.includes(reason)) continue;
      suppressed.set(address, { reason, list: rule.tenant === "" ? "account" : "tenant" });
    }
    return suppressed;
  });
}

/** Events of one request. `origin` is of the messages whose SEND is not among them; unknown, the account's rule holds. */
export interface Recorded {
  events: readonly MailEvent[];
  origin: MessageOrigin | undefined;
}

/** The addresses that hard bounces and complaints put on the lists: the last one of an address counts. */
export async function automaticSuppressions(
  rules: SuppressionRules,
  recorded: readonly Recorded[],
  now: Date,
): Promise<SuppressedDestination[]> {
  const causes = recorded.flatMap(({ events, origin }) =>
    events.flatMap((event) => {
      if (event.type !== "BOUNCE" && event.type !== "COMPLAINT") return [];
      const reason = reasonOf(event);
      return reason ? [{ event, reason, origin }] : [];
    }),
  );
  // Most commits have none: then nothing else is looked at.
  if (causes.length === 0) return [];
  const origins = new Map<string, MessageOrigin>();
  for (const event of recorded.flatMap(({ events }) => events)) {
    if (event.type === "SEND") origins.set(event.messageId, event.message);
  }
  const ruleOf = remembering(rules);
  const rows = new Map<string, SuppressedDestination>();
  for (const { event, reason, origin } of causes) {
    const address = contactAddress(event.recipient);
    if (address === undefined) continue;
    const { tenant, reasons } = await ruleOf(
      origins.get(event.messageId) ?? origin ?? { configurationSet: undefined, tenant: undefined },
    );
    if (!reasons.includes(reason)) continue;
    const { messageId, feedbackId } = event;
    rows.set(`${tenant} ${address}`, { tenant, address, reason, updatedAt: now, messageId, feedbackId });
  }
  return [...rows.values()];
}

/**
 * "Hard bounces and complaints" (facts 6.1). Those that a suppression made have a subtype of its own; the simulator's never
 * count (6.2); a guess is too little; who takes a complaint back does not complain.
 */
function reasonOf(event: BounceEvent | ComplaintEvent): SuppressionListReason | undefined {
  if (isSimulatedAddress(event.recipient)) return undefined;
  return event.type === "BOUNCE" ? bounceReason(event) : complaintReason(event);
}

function bounceReason({ bounceType, bounceSubType, guessed }: BounceEvent): "BOUNCE" | undefined {
  if (bounceType !== "Permanent" || guessed) return undefined;
  return bounceSubType === "General" || bounceSubType === "NoEmail" ? "BOUNCE" : undefined;
}

function complaintReason({ complaintSubType, complaintFeedbackType }: ComplaintEvent): "COMPLAINT" | undefined {
  return complaintSubType === undefined && complaintFeedbackType !== "not-spam" ? "COMPLAINT" : undefined;
}

/** The messages of a commit have few origins. */
function remembering(rules: SuppressionRules): SuppressionRules {
  const known = new Map<string, Promise<SuppressionRule>>();
  return (origin) => {
    const key = `${origin.configurationSet ?? ""}\n${origin.tenant ?? ""}`;
    let rule = known.get(key);
    if (!rule) {
      rule = rules(origin);
      known.set(key, rule);
    }
    return rule;
  };
}
