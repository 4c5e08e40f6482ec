/**
 * Records a returned mail as an event of the message that it is proven to be about. It resolves once the event would
 * survive a crash of this process. Only then may the server reply 250.
 */
import type { FastifyBaseLogger } from "fastify";
import type { ForwardFeedback } from "../../delivery/feedback/forward-feedback.ts";
import { type ReturnPath, returnPathToken } from "../../delivery/return-path.ts";
import { type EventStores, findSentMessage } from "../../delivery/sent-message.ts";
import type { Outbox } from "../../events/outbox.ts";
import { suppressionReason } from "../../events/suppression.ts";
import type { ReturnedMail } from "../../mail/bounce/returned-mail.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import { isReportId, type ReportOrigin, reportEvent, reportId } from "./report-event.ts";

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
  /** The mail, or its start if it is long. */
  readonly bytes: Buffer;
  readonly origin: ReportOrigin;
}

/** Records a mail's report about a message. Logs and drops mail that reports nothing, and repeated reports. */
export type RecordReport = (report: Report, returnPath: ReturnPath) => Promise<void>;

/**
 * The maximum number of reports per message and recipient, since every recipient knows the return path and could send
 * to it endlessly. A server that retries for days reports a few delays and a bounce; auto-replies to one mail are few.
 * A report that suppresses the address counts apart from those that don't, so that they can't keep it away.
 */
const maxReports = 20;

export function createReportRecorder(services: ReportServices): RecordReport {
  const { stores, outbox, forwardFeedback, returnPathSecret, clock, log } = services;
  /** By event ID: a simultaneous repetition waits for the first one. */
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

  async function take(
    { mail, bytes, origin }: Report,
    { messageId, recipientIndex }: ReturnPath,
    id: string,
  ): Promise<void> {
    const about = { messageId, kind: mail.kind };
    if (mail.kind === "none" || mail.kind === "delivery") {
      log.info(about, "dropped mail to a return path that reports no bounce");
      return;
    }
    const sent = await findSentMessage(stores, messageId, recipientIndex);
    if (!sent) {
      log.info(about, "dropped returned mail for a message that is no longer known");
      return;
    }
    if (sent.events.some((row) => row.id === id)) {
      log.info(about, "dropped a repeated report");
      return;
    }
    const { scope, sentAt, recipient, configurationSet, tenant, identityScope } = sent;
    const event = reportEvent(mail, { scope, messageId, sentAt, recipient, id, at: clock() }, origin);
    if (!event) return;
    if (isOneTooMany(event, sent.events)) {
      log.warn(about, "dropped a report: too many for one message to one recipient");
      return;
    }
    await outbox.record([event], { scope, configurationSet, tenant, identityScope });
    const distrusted = event.type === "DELIVERY_DELAY" ? undefined : event.distrusted;
    log.info({ ...about, recipient, distrusted }, "recorded returned mail");
    if (event.type !== "DELIVERY_DELAY") await forwardFeedback(event, { sent, report: bytes });
  }
}

/** Whether there are enough reports already: of any kind, or of its own if the report suppresses the address. */
function isOneTooMany(event: ReportEvent, known: readonly EventRow[]): boolean {
  const reports = known.filter((row) => isReportId(row.id));
  if (event.type === "DELIVERY_DELAY" || suppressionReason(event) === undefined) return reports.length >= maxReports;
  const isOfKind = (row: EventRow) =>
    row.type === event.type && (row.type !== "BOUNCE" || row.bounce_type === "Permanent");
  // Up to `maxReports` of them may be reports that are not trusted.
  return reports.filter(isOfKind).length >= 2 * maxReports;
}

type ReportEvent = NonNullable<ReturnType<typeof reportEvent>>;
