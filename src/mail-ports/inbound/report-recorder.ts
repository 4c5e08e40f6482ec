/**
 * Turns a mail that came back into an event of the message that it proves to be about. It resolves once the event would
 * survive the end of this process; only then may the sender be told that its mail was taken.
 */
import type { FastifyBaseLogger } from "fastify";
import type { ForwardFeedback } from "../../delivery/feedback/forward-feedback.ts";
import { type ReturnPath, returnPathToken } from "../../delivery/return-path.ts";
import { type EventStores, findSentMessage } from "../../delivery/sent-message.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { ReturnedMail } from "../../mail/bounce/returned-mail.ts";
import { isReportId, reportEvent, reportId } from "./report-event.ts";

/** What it works with. */
export interface ReportServices {
  stores: EventStores;
  outbox: Pick<Outbox, "record">;
  forwardFeedback: ForwardFeedback;
  returnPathSecret: Uint8Array;
  clock: () => Date;
  log: FastifyBaseLogger;
}

/** A classified mail and its bytes. */
export interface Report {
  readonly mail: ReturnedMail;
  /** Its start, where it is long. */
  readonly bytes: Buffer;
}

/** Records what a mail tells of a message; what it does not tell, or told before, is logged and dropped. */
export type RecordReport = (report: Report, returnPath: ReturnPath) => Promise<void>;

/**
 * Whoever got a mail knows its return path, and may send to it without end. A server that tries for days reports a few
 * delays and a bounce; an absent recipient's answers to one mail are few.
 */
const maxReports = 20;

/** Makes the recorder of a process. */
export function createReportRecorder(services: ReportServices): RecordReport {
  const { stores, outbox, forwardFeedback, returnPathSecret, clock, log } = services;
  /** By event id: what comes twice at the same time waits for the first. */
  const underWay = new Map<string, Promise<void>>();

  return async (report, returnPath) => {
    const id = reportId(report.mail.kind, returnPathToken(returnPath, returnPathSecret), report.bytes);
    const known = underWay.get(id);
    if (known) return known;
    const work = take(report, returnPath, id);
    underWay.set(id, work);
    try {
      await work;
    } finally {
      underWay.delete(id);
    }
  };

  async function take({ mail, bytes }: Report, { messageId, recipientIndex }: ReturnPath, id: string): Promise<void> {
    const about = { messageId, kind: mail.kind };
    if (mail.kind === "none" || mail.kind === "delivery") {
      log.info(about, "mail to a return path tells of no bounce: dropped");
      return;
    }
    const sent = await findSentMessage(stores, messageId, recipientIndex);
    if (!sent) {
      log.info(about, "mail came back of a message that is not known any more: dropped");
      return;
    }
    if (sent.events.some((row) => row.id === id)) {
      log.info(about, "a report came again: it counts once");
      return;
    }
    if (sent.events.filter((row) => isReportId(row.id)).length >= maxReports) {
      log.warn(about, "too many reports of one message to one recipient: dropped");
      return;
    }
    const { sentAt, recipient, configurationSet, tenant } = sent;
    const event = reportEvent(mail, { messageId, sentAt, recipient, id, at: clock() });
    if (!event) return;
    await outbox.record([event], { configurationSet, tenant });
    log.info({ ...about, recipient }, "mail came back");
    if (event.type !== "DELIVERY_DELAY") await forwardFeedback(event, { sent, report: bytes });
  }
}
