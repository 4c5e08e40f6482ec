/** Combines the evaluations of an address. */
import { createAnswerCache } from "../dns/answer-cache.ts";
import { type Address, mailboxOf } from "../mail/address.ts";
import { within } from "./deadline.ts";
import type { DisposableDomains } from "./disposable-domains.ts";
import type { DnsRecords } from "./dns-records.ts";
import type { MailboxEvidence } from "./mailbox-evidence.ts";
import { isRandomInput } from "./random-input.ts";
import { isRoleAddress } from "./role-address.ts";
import { readValidAddress } from "./syntax.ts";
import type { Verdict } from "./verdict.ts";

/** SES's evaluations. Those that could not be made are undefined. */
export interface Evaluations {
  readonly HasValidSyntax: Verdict;
  readonly HasValidDnsRecords?: Verdict | undefined;
  readonly MailboxExists?: Verdict | undefined;
  readonly IsRoleAddress?: Verdict | undefined;
  readonly IsDisposable?: Verdict | undefined;
  readonly IsRandomInput?: Verdict | undefined;
}

/** The overall verdict on an address, and what it is based on. */
export interface AddressEvaluation {
  readonly isValid: Verdict;
  readonly evaluations: Evaluations;
}

/** How likely a recipient gets mail. */
export interface Deliverability {
  readonly isValid: Verdict;
  /** Whether DNS and the account's events could both be read. If not, only LOW is certain. */
  readonly complete: boolean;
}

/** Evaluates addresses for one scope. Neither function rejects because a part can't be evaluated. */
export interface AddressEvaluator {
  /** All evaluations of a text that may be an address, as of now. */
  evaluate(text: string): Promise<AddressEvaluation>;
  /** The part that counts for delivery, at most five minutes old. */
  deliverability(address: Address): Promise<Deliverability>;
}

/** In milliseconds. */
const usualDeadline = 5_000;
const warnEveryMs = 60_000;
const cachedAddresses = 10_000;
/** In seconds. */
const lifetime = { complete: 300, incomplete: 30 };

export interface EvaluationServices {
  evidence: MailboxEvidence;
  dns: DnsRecords;
  disposable: DisposableDomains;
  /** A clock that is never set. */
  clock: () => Date;
  log: { warn(details: object, text: string): void };
  /** How long an evaluation may take, in milliseconds. */
  deadlineMs?: number;
}

export function createAddressEvaluator(services: EvaluationServices): AddressEvaluator {
  const { evidence, dns, disposable, clock, log, deadlineMs = usualDeadline } = services;
  let warnedAt = Number.NEGATIVE_INFINITY;
  const cache = createAnswerCache<Deliverability>({ size: cachedAddresses, clock });

  function known<Result>(work: Promise<Result>): Promise<Result | undefined> {
    const survived = work.catch((err: unknown) => {
      const now = clock().getTime();
      // While a database is down, this happens to each message.
      if (now - warnedAt < warnEveryMs) return undefined;
      warnedAt = now;
      log.warn({ err }, "email addresses can't be evaluated completely");
      return undefined;
    });
    return within(survived, deadlineMs);
  }

  const readDelivery = ({ domain, ...address }: Address) =>
    Promise.all([
      known(dns.hasValidDnsRecords(domain)),
      known(evidence.mailboxExists(mailboxOf({ domain, ...address }))),
    ]);

  return {
    async evaluate(text) {
      const address = readValidAddress(text);
      if (!address) return { isValid: "LOW", evaluations: { HasValidSyntax: "LOW" } };
      const [[dnsRecords, mailbox], isDisposable] = await Promise.all([
        readDelivery(address),
        known(disposable.isDisposable(address.domain)),
      ]);
      return {
        isValid: overall(dnsRecords, mailbox),
        evaluations: {
          HasValidSyntax: "HIGH",
          HasValidDnsRecords: dnsRecords,
          MailboxExists: mailbox === "none" ? undefined : mailbox,
          IsRoleAddress: isRoleAddress(address.localPart),
          IsDisposable: isDisposable,
          IsRandomInput: isRandomInput(address.localPart),
        },
      };
    },

    deliverability(address) {
      return cache.get(mailboxOf(address), async () => {
        const [dnsRecords, mailbox] = await readDelivery(address);
        const complete = dnsRecords !== undefined && mailbox !== undefined;
        const ttl = complete ? lifetime.complete : lifetime.incomplete;
        return { value: { isValid: overall(dnsRecords, mailbox), complete }, ttl };
      });
    },
  };
}

/** IsValid of an address with valid syntax: the least of its evaluations, of which an unknown one counts as MEDIUM. */
function overall(dnsRecords: Verdict | undefined, mailbox: Verdict | "none" | undefined): Verdict {
  if (dnsRecords === "LOW" || mailbox === "LOW") return "LOW";
  return dnsRecords === "HIGH" && mailbox === "HIGH" ? "HIGH" : "MEDIUM";
}
