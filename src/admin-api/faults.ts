/** `/testing/faults`, `/testing/messages/{id}/events` and `/testing/clock`, and the same under `/admin`: docs/testing-faults.md. */

/** A rule to add. */
export interface NewFaultRule {
  /** All conditions must hold; without any, the rule is about every call and every message. */
  match?: FaultMatch;
  effect: FaultEffect;
  /** How many calls the rule affects; unset: all. */
  times?: number;
  /** The share of the calls that match, above 0 and up to 1; unset: all. */
  probability?: number;
  /** Makes the choice by `probability` repeatable; unset: a random one, which the rule shows. */
  seed?: number;
}

/** A rule, and what it has done. */
export interface FaultRule extends NewFaultRule {
  id: string;
  /** How many calls it could affect. */
  matches: number;
  /** How many calls it has affected. */
  hits: number;
}

export interface FaultList {
  faults: FaultRule[];
}

/** What a rule is about. All but `operation` are about messages. */
export interface FaultMatch {
  /** Names of operations of the SES APIs v2 and v1; `SendSmtpEmail` is mail over SMTP. */
  operation?: string | string[];
  /** An address, or a domain for all its addresses: one of the message's recipients. Case does not matter. */
  recipient?: string;
  /** As `recipient`, for the sender. */
  sender?: string;
  /** Tags that the message must have. */
  tag?: Record<string, string>;
  configurationSet?: string;
}

/** When an SMTP reply is given. */
export type SmtpStage = "CONNECT" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "END_OF_DATA";

export type FaultEffect =
  /** TooManyRequestsException; `Throttling` in v1; 454 over SMTP. */
  | { type: "throttle"; message?: string }
  /** MessageRejected; 554 over SMTP. */
  | { type: "reject"; message?: string }
  /** An error of the operation's model, or a status from 500 on. */
  | { type: "error"; code?: string; status?: number; message?: string }
  /** The answer comes later. Further rules apply, too. */
  | { type: "latency"; milliseconds: number }
  /** The connection breaks, before the call does anything or once it is done. */
  | { type: "disconnect"; when: "before" | "after" }
  /** A reply on the submission ports, in place of the server's. */
  | { type: "smtp"; stage: SmtpStage; code: number; text?: string }
  /** In capture mode: the events of the recipient instead of a delivery, in order. */
  | { type: "outcome"; events: OutcomeEvent[] };

/** An event of a rule: as an event on demand, without what the message tells. */
export type OutcomeEvent = Omit<EventOnDemand, "recipient" | "at">;

/** An event of a message to record. */
export interface EventOnDemand {
  type: "BOUNCE" | "CLICK" | "COMPLAINT" | "DELIVERY" | "DELIVERY_DELAY" | "OPEN" | "REJECT" | "RENDERING_FAILURE";
  /** May be left out if the message has one recipient. */
  recipient?: string;
  /** Not before the message was sent, not after the present, which is the default. */
  at?: string;
  /** BOUNCE: `Permanent` by default. */
  bounceType?: "Permanent" | "Transient" | "Undetermined";
  /** BOUNCE: one of SES's for the type; `General` by default. */
  bounceSubType?: string;
  /** BOUNCE and DELIVERY_DELAY: what the recipient's server said, such as `550 5.1.1 no such user`. */
  diagnostic?: string;
  /** BOUNCE and DELIVERY_DELAY: the enhanced status code, such as `5.1.1`. */
  status?: string;
  /** COMPLAINT: `abuse` by default. */
  feedbackType?: string;
  /** DELIVERY_DELAY: `TransientCommunicationFailure` by default. */
  delayType?: string;
  /** DELIVERY */
  smtpResponse?: string;
  /** CLICK: the link that was followed. */
  link?: string;
  /** CLICK */
  linkTags?: Record<string, string[]>;
  /** OPEN, CLICK and COMPLAINT */
  userAgent?: string;
  /** OPEN and CLICK */
  ipAddress?: string;
  /** REJECT: `Bad content` by default. */
  reason?: string;
  /** RENDERING_FAILURE */
  errorMessage?: string;
  /** RENDERING_FAILURE */
  templateName?: string;
}

/** The server's clock. */
export interface TestClockState {
  /** The server's time. */
  now: string;
  /** The machine's time. */
  realNow: string;
  /** How far the server's time is ahead, in milliseconds; negative if it is behind. */
  aheadMs: number;
  frozen: boolean;
}

/** A change of the clock. `now` and `advance` exclude each other. */
export interface ClockChange {
  /** An instant in ISO 8601. */
  now?: string;
  /** How far to move it: `25h`, `1d12h`, `90m`, `-30s`. */
  advance?: string;
  /** Whether it stands still from then on. */
  frozen?: boolean;
}
