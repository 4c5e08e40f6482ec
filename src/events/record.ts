/** Encodes events as rows of the event database, in ClickHouse's JSONEachRow format, which the outbox also stores. */
import { number, object, optional, string } from "valibot";
import { parseJson, type UnknownVersion, unknownVersion } from "../common/parse-data.ts";
import { wellFormedJson } from "../common/well-formed-json.ts";
import { type EventRow, eventRow } from "../stores/clickhouse/events.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import type { BounceEvent, MailEvent, MailLocation, MessageFacts, Mirrored } from "./event.ts";
import { objectOf } from "./recorded-details.ts";

/**
 * The version of the format. It is stored with each row of the outbox, not in the lines, since the event database
 * rejects fields that its table doesn't have.
 */
export const recordVersion = 1;

/** The error for a row of the outbox in an unknown version of the format. */
export function unknownRecordVersion(version: number): UnknownVersion {
  return unknownVersion("the row of the outbox", version);
}

/** Encodes an event as a line for the event database, with its line break. */
export function encodeEvent(event: MailEvent): string {
  const row = {
    id: event.id,
    message_id: event.messageId,
    recipient: event.recipient,
    type: event.type,
    // The default of the column; most installations have no other scope.
    ...(event.scope === defaultScope ? {} : { scope: event.scope }),
    at: seconds(event.at),
    sent_at: seconds(event.sentAt),
    ...(event.mirrored ? mirroredColumns(event, event.mirrored) : columnsOf(event)),
  };
  // ClickHouse rejects a lone surrogate, and with it the whole batch.
  return `${wellFormedJson(row)}\n`;
}

/**
 * Decodes lines of `encodeEvent`.
 * @throws MalformedData
 */
export function decodeEvents(lines: string): EventRow[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line): EventRow => {
      const row = parseJson(writtenRow, line, "an event in the outbox");
      return { ...row, at: milliseconds(row.at), sent_at: milliseconds(row.sent_at) };
    });
}

/** Times are strings, in seconds. A row without a scope is in the default scope. */
const writtenRow = object({
  ...eventRow.entries,
  scope: optional(number(), defaultScope),
  at: string(),
  sent_at: string(),
});

/** The only format with milliseconds, besides `YYYY-MM-DD hh:mm:ss.sss`, that ClickHouse's fast time parser reads. */
function seconds(at: Date): string {
  return (at.getTime() / 1000).toFixed(3);
}

function milliseconds(text: string): number {
  return Math.round(Number(text) * 1000);
}

/** The location of the message's MIME, from its SEND row; undefined if it was not stored. */
export function locationOf(row: EventRow): MailLocation | undefined {
  if (!row.object_key) return undefined;
  return { key: row.object_key, offset: Number(row.object_offset ?? 0), length: Number(row.object_length ?? 0) };
}

/** Any mirrored event has what it tells about its message, and keeps what it says in members that have no column. */
function mirroredColumns(event: MailEvent, { message, unknown }: Mirrored): object {
  const { details = "{}", ...columns } = columnsOf(event);
  return {
    ...(message && factColumns(message)),
    ...columns,
    details: unknown ? wellFormedJson({ ...objectOf(JSON.parse(details)), unknown }) : details,
  };
}

function factColumns(message: MessageFacts): object {
  return {
    source: message.source,
    subject: message.subject ?? "",
    isp: message.isp,
    identity: message.identity,
    configuration_set: message.configurationSet ?? "",
    tenant: message.tenant ?? "",
    tags: message.tags,
    destination: message.destination,
    ...(message.location && {
      object_key: message.location.key,
      object_offset: message.location.offset,
      object_length: message.location.length,
    }),
    in_ses_scope: message.inSesScope,
    feedback_loop: message.feedbackLoop,
    open_tracked: message.openTracked,
    click_tracked: message.clickTracked,
  };
}

/** Most messages have none. */
function sendDetails(message: MessageFacts): { details?: string } {
  const { feedbackAddress, identityOwner, template, smimeSender, given } = message;
  if (!feedbackAddress && !identityOwner && !template && !smimeSender && !given) return {};
  const details = { feedbackAddress: feedbackAddress || undefined, identityOwner, template, smimeSender, given };
  return { details: wellFormedJson(details) };
}

/** What a mirrored account reports is trusted, but does not change the lists of this one. */
function isDoubtful({ guessed, distrusted }: BounceEvent): boolean {
  return guessed === true || (distrusted !== undefined && distrusted !== "mirrored");
}

interface Columns {
  readonly [name: string]: unknown;
  readonly details?: string;
}

function columnsOf(event: MailEvent): Columns {
  switch (event.type) {
    case "SEND":
      return { ...factColumns(event.message), ...sendDetails(event.message) };
    case "BOUNCE":
      return {
        bounce_type: event.bounceType,
        bounce_sub_type: event.bounceSubType,
        diagnostic: event.diagnosticCode ?? "",
        ...(isDoubtful(event) && { doubtful: true }),
        details: JSON.stringify({
          feedbackId: event.feedbackId,
          action: event.action,
          status: event.status,
          reportingMTA: event.reportingMta,
          remoteMtaIp: event.remoteMtaIp,
        }),
      };
    case "COMPLAINT":
      return {
        complaint_sub_type: event.complaintSubType ?? "",
        complaint_feedback_type: event.complaintFeedbackType ?? "",
        details: JSON.stringify({
          feedbackId: event.feedbackId,
          userAgent: event.userAgent,
          arrivalDate: event.arrivalDate,
        }),
      };
    case "DELIVERY":
      return {
        details: JSON.stringify({
          processingTimeMillis: event.processingTimeMillis,
          smtpResponse: event.smtpResponse,
          reportingMTA: event.reportingMta,
          remoteMtaIp: event.remoteMtaIp,
        }),
      };
    case "DELIVERY_DELAY":
      return {
        diagnostic: event.diagnosticCode ?? "",
        details: JSON.stringify({
          delayType: event.delayType,
          expirationTime: event.expirationTime,
          status: event.status,
          reportingMTA: event.reportingMta,
        }),
      };
    case "REJECT":
      return { details: JSON.stringify({ reason: event.reason }) };
    case "OPEN":
      return {
        machine: event.machine ?? "",
        details: JSON.stringify({ ipAddress: event.ipAddress, userAgent: event.userAgent }),
      };
    case "CLICK":
      return {
        machine: event.machine ?? "",
        details: JSON.stringify({
          ipAddress: event.ipAddress,
          userAgent: event.userAgent,
          link: event.link,
          linkTags: event.linkTags,
        }),
      };
    case "RENDERING_FAILURE":
      return { details: JSON.stringify({ errorMessage: event.errorMessage, templateName: event.templateName }) };
    case "SUBSCRIPTION":
      return {
        details: JSON.stringify({
          contactList: event.contactList,
          source: event.source,
          newTopicPreferences: event.newTopicPreferences,
          oldTopicPreferences: event.oldTopicPreferences,
        }),
      };
  }
}
