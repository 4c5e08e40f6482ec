/** The details of an event in SES's format: the member `bounce`, `delivery`, ... (facts 7.3). */
import { detailsOf, objectOf, tagsIn } from "../../events/recorded-details.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";

/**
 * The details, with members in the order of real SES events. Members without a value are absent, except those that SES
 * sets to null.
 * @param hostname the reporting MTA of an event that doesn't name one
 */
export function eventBody(event: EventRow, hostname: string): object {
  const details = detailsOf(event);
  const timestamp = new Date(event.at).toISOString();
  const text = (name: string) => textIn(details[name]);
  switch (event.type) {
    case "SEND":
      return {};
    case "DELIVERY":
      return {
        timestamp,
        processingTimeMillis: processingTime(event, details.processingTimeMillis),
        recipients: [event.recipient],
        smtpResponse: text("smtpResponse") ?? "",
        remoteMtaIp: text("remoteMtaIp"),
        reportingMTA: bareHost(text("reportingMTA") ?? hostname),
      };
    case "BOUNCE":
      return bounce(event, details, hostname);
    case "COMPLAINT":
      return {
        feedbackId: text("feedbackId") ?? event.id,
        complaintSubType: event.complaint_sub_type || null,
        complainedRecipients: [{ emailAddress: event.recipient }],
        timestamp,
        userAgent: text("userAgent"),
        complaintFeedbackType: event.complaint_feedback_type || undefined,
        arrivalDate: text("arrivalDate"),
      };
    case "REJECT":
      return { reason: text("reason") ?? "Bad content" };
    case "OPEN":
      return { ipAddress: text("ipAddress") ?? "", timestamp, userAgent: text("userAgent") ?? "", ...botMember(event) };
    case "CLICK":
      return {
        ipAddress: text("ipAddress") ?? "",
        timestamp,
        userAgent: text("userAgent") ?? "",
        link: text("link") ?? "",
        linkTags: tagsIn(details.linkTags) ?? null,
        ...botMember(event),
      };
    case "RENDERING_FAILURE":
      return { errorMessage: text("errorMessage") ?? "", templateName: text("templateName") ?? "" };
    case "DELIVERY_DELAY":
      return {
        timestamp,
        delayType: text("delayType") ?? "Undetermined",
        expirationTime: text("expirationTime"),
        delayedRecipients: [
          { emailAddress: event.recipient, status: text("status"), diagnosticCode: textIn(event.diagnostic) },
        ],
        reportingMTA: text("reportingMTA"),
      };
    case "SUBSCRIPTION":
      return {
        contactList: text("contactList") ?? "",
        timestamp,
        source: text("source") ?? "",
        newTopicPreferences: preferences(details.newTopicPreferences),
        oldTopicPreferences: preferences(details.oldTopicPreferences),
      };
  }
}

/** A bounce with a delivery status names its reporting MTA; an automatic reply has neither. */
function bounce(event: EventRow, details: Readonly<Record<string, unknown>>, hostname: string): object {
  const action = textIn(details.action);
  const reportingMta = textIn(details.reportingMTA) ?? (action && hostname);
  return {
    feedbackId: textIn(details.feedbackId) ?? event.id,
    bounceType: event.bounce_type || "Undetermined",
    bounceSubType: event.bounce_sub_type || "Undetermined",
    bouncedRecipients: [
      {
        emailAddress: event.recipient,
        action,
        status: textIn(details.status),
        diagnosticCode: textIn(event.diagnostic),
      },
    ],
    timestamp: new Date(event.at).toISOString(),
    remoteMtaIp: textIn(details.remoteMtaIp),
    reportingMTA: reportingMta && `dns; ${bareHost(reportingMta)}`,
  };
}

/** `dns; mx.example.com` without its type (RFC 3464, 2.2.2). */
function bareHost(mta: string): string {
  return mta.replace(/^[a-z]{1,20};[ \t]{0,9}/i, "");
}

/** Whether SES thinks that a program opened the mail or followed the link. */
function botMember({ machine }: EventRow): { isBotEvent: "Likely" | "Unlikely" } {
  return { isBotEvent: machine ? "Likely" : "Unlikely" };
}

/** In milliseconds. */
function processingTime({ at, sent_at }: EventRow, recorded: unknown): number {
  return typeof recorded === "number" ? recorded : Math.max(0, at - sent_at);
}

function preferences(value: unknown): object | undefined {
  const { unsubscribeAll, topicSubscriptionStatus } = objectOf(value);
  if (typeof unsubscribeAll !== "boolean") return undefined;
  return {
    unsubscribeAll,
    topicSubscriptionStatus: Array.isArray(topicSubscriptionStatus) ? topicSubscriptionStatus : [],
  };
}

/** A non-empty text; undefined for anything else. */
function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
