/** Tells the sender by mail of bounces and complaints, where the identity wants that ("feedback forwarding" of SES). */
import type { FastifyBaseLogger } from "fastify";
import type { BounceEvent, ComplaintEvent } from "../../events/event.ts";
import { type EventStores, findSentMessage, type SentMessage } from "../sent-message.ts";
import type { SystemMailer } from "../system-mail.ts";
import { feedbackMail } from "./feedback-mail.ts";

/** What it works with. */
export interface FeedbackServices {
  stores: EventStores;
  mailer: SystemMailer;
  /** Whether the identity that mail was sent under wants it; the identity is an address or a domain. */
  wantsFeedback(identity: string): Promise<boolean>;
  /** The name of this server: whom the mail is from. */
  hostname: string;
  log: FastifyBaseLogger;
}

/** What is at hand of a bounce or complaint besides its event. */
export interface FeedbackEvidence {
  /** The identity it was sent under, where that is known: then no message is looked up that nobody wants to hear of. */
  readonly identity?: string | undefined;
  /** Looked up where it is left out. */
  readonly sent?: SentMessage | undefined;
  /** The mail that told of it, or its start. */
  readonly report?: Buffer | undefined;
}

/**
 * Resolves once the mail is in the send queue, or where nobody wants it. Never rejects: the event is recorded, and that its
 * copy can't be sent must not bring it again. What only says that the recipient is suppressed or has unsubscribed, no mail
 * server said: it is not forwarded.
 */
export type ForwardFeedback = (event: BounceEvent | ComplaintEvent, evidence?: FeedbackEvidence) => Promise<void>;

const ownSubTypes: ReadonlySet<string> = new Set([
  "OnAccountSuppressionList",
  "OnTenantSuppressionList",
  "UnsubscribedRecipient",
]);

/** Forwards, and can be waited for. */
export interface FeedbackForwarder {
  readonly forward: ForwardFeedback;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** Makes the forwarder. */
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
    { identity, sent: known, report }: FeedbackEvidence,
  ): Promise<void> {
    const subType = event.type === "BOUNCE" ? event.bounceSubType : event.complaintSubType;
    if (subType !== undefined && ownSubTypes.has(subType)) return;
    if (identity !== undefined && !(await wantsFeedback(identity))) return;
    const sent = known ?? (await findSentMessage(stores, event.messageId, event.recipient));
    if (!sent || !(await wantsFeedback(sent.identity))) return;
    // SES: the message's Return-Path or the parameter of the call, else the sender.
    const to = sent.feedbackAddress ?? sent.source;
    if (to === "") return;
    await mailer.send({ from, to, mime: feedbackMail({ event, sent, report, from, to, hostname }) });
  }
}
