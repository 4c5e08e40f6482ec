/** Forwards bounces and complaints to the sender by mail: SES's feedback forwarding. */
import type { FastifyBaseLogger } from "fastify";
import type { BounceEvent, ComplaintEvent } from "../../events/event.ts";
import { type EventStores, findSentMessage, type SentMessage } from "../sent-message.ts";
import type { SystemMailer } from "../system-mail.ts";
import { feedbackMail } from "./feedback-mail.ts";

export interface FeedbackServices {
  stores: EventStores;
  mailer: SystemMailer;
  /** Whether bounces and complaints of a sender's mail are forwarded. */
  wantsFeedback(sender: FeedbackSender): Promise<boolean>;
  /** The name of this server, used in the From address. */
  hostname: string;
  log: FastifyBaseLogger;
}

/** The identity (an address or a domain) and the configuration set that mail was sent with, and their scope. */
export interface FeedbackSender {
  /** The account and region. */
  readonly scope: number;
  readonly identity: string;
  /** The scope of the identity if another account owns it. */
  readonly identityScope?: number | undefined;
  readonly configurationSet: string | undefined;
}

/** Known facts about a bounce or complaint besides its event. */
export interface FeedbackEvidence {
  /** If given, the message is only looked up if its feedback is forwarded. */
  readonly sender?: FeedbackSender | undefined;
  /** Looked up if omitted. */
  readonly sent?: SentMessage | undefined;
  /** The mail that reported the bounce or complaint, or its start. */
  readonly report?: Buffer | undefined;
}

/**
 * Resolves once the mail is in the send queue, or if it is not wanted. Never rejects: the event is already recorded,
 * and a failure to send its copy must not cause it to be reported again. Events that only say that the recipient is
 * suppressed, has unsubscribed or failed Auto Validation do not come from a mail server and are not forwarded.
 */
export type ForwardFeedback = (event: BounceEvent | ComplaintEvent, evidence?: FeedbackEvidence) => Promise<void>;

const ownSubTypes: ReadonlySet<string> = new Set([
  "OnAccountSuppressionList",
  "OnTenantSuppressionList",
  "UnsubscribedRecipient",
  "EmailValidationSuppressed",
]);

export interface FeedbackForwarder {
  readonly forward: ForwardFeedback;
  /** Resolves when nothing is in progress. */
  idle(): Promise<void>;
}

export function createFeedbackForwarder(services: FeedbackServices): FeedbackForwarder {
  const { stores, mailer, wantsFeedback, hostname, log } = services;
  const from = `MAILER-DAEMON@${hostname}`;
  const underWay = new Set<Promise<void>>();
  return {
    forward(event, evidence = {}) {
      const work = forward(event, evidence)
        .catch((error: unknown) => {
          log.error({ err: error, messageId: event.messageId }, "a bounce or complaint could not be forwarded by mail");
        })
        .finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  async function forward(
    event: BounceEvent | ComplaintEvent,
    { sender, sent: known, report }: FeedbackEvidence,
  ): Promise<void> {
    const subType = event.type === "BOUNCE" ? event.bounceSubType : event.complaintSubType;
    if (subType !== undefined && ownSubTypes.has(subType)) return;
    if (sender !== undefined && !(await wantsFeedback(sender))) return;
    const sent = known ?? (await findSentMessage(stores, event.messageId, event.recipient));
    if (!sent || !(await wantsFeedback(sent))) return;
    // As in SES: the message's Return-Path or the parameter of the call, otherwise the sender.
    const to = sent.feedbackAddress ?? sent.source;
    if (to === "") return;
    await mailer.send({ scope: sent.scope, from, to, mime: feedbackMail({ event, sent, report, from, to, hostname }) });
  }
}
