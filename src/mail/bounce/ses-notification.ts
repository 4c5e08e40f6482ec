/**
 * Parses notifications of Amazon SES that arrive by mail: the JSON of an SNS topic with a mail subscription. Operators
 * who mirror an SES account receive such mail; it counts as a bounce or a complaint like any other.
 */
import type { FeedbackReport } from "./arf.ts";
import type { DeliveryStatus } from "./dsn.ts";

/** Parses a bounce or a delivery from a text; undefined if it is neither. */
export function parseSesNotification(text: string): DeliveryStatus | undefined {
  const notice = parseNotice(text);
  const type = notice === undefined ? undefined : typeOf(notice);
  if (notice === undefined || type === undefined) return undefined;
  const bounce = objectIn(notice, "bounce");
  const delivery = objectIn(notice, "delivery");
  if (type === "Bounce") {
    const recipients = listIn(bounce, "bouncedRecipients").map((one) => ({
      ...noRecipient,
      address: textIn(one, "emailAddress"),
      action: textIn(one, "action") ?? "failed",
      status: textIn(one, "status"),
      diagnosticCode: textIn(one, "diagnosticCode")?.replace(/^smtp;[ \t]{0,9}/i, ""),
    }));
    return recipients.length === 0 ? undefined : statusOf(bounce, recipients);
  }
  if (type !== "Delivery") return undefined;
  const recipients = Array.isArray(delivery.recipients) ? delivery.recipients : [];
  const smtpResponse = textIn(delivery, "smtpResponse");
  return statusOf(
    delivery,
    recipients.map((one) => ({
      ...noRecipient,
      address: typeof one === "string" ? one : undefined,
      action: "delivered",
      diagnosticCode: smtpResponse,
    })),
  );
}

/** Parses a complaint from a text; undefined if it is none. */
export function parseSesComplaint(text: string): FeedbackReport | undefined {
  const notice = parseNotice(text);
  if (notice === undefined || typeOf(notice) !== "Complaint") return undefined;
  const complaint = objectIn(notice, "complaint");
  // SES made it up for an address on a suppression list: nobody has complained again.
  const isOfList = textIn(complaint, "complaintSubType") !== undefined;
  const recipients = listIn(complaint, "complainedRecipients").map((one) => textIn(one, "emailAddress"));
  return {
    // Providers that send SES no type report spam.
    feedbackType: isOfList ? "other" : (textIn(complaint, "complaintFeedbackType")?.toLowerCase() ?? "abuse"),
    userAgent: textIn(complaint, "userAgent"),
    arrivalDate: textIn(complaint, "arrivalDate") ?? textIn(complaint, "timestamp"),
    originalMailFrom: textIn(objectIn(notice, "mail"), "source"),
    recipients: recipients.filter((one) => one !== undefined).slice(0, 500),
    reportingMta: undefined,
    sourceIp: textIn(objectIn(notice, "mail"), "sourceIp"),
  };
}

/** The notification in a text, alone or in the envelope of its topic. */
function parseNotice(text: string): JsonObject | undefined {
  const start = text.indexOf("{");
  if (start < 0 || !/notificationType|eventType/.test(text)) return undefined;
  const outer = parseObject(text.slice(start, text.lastIndexOf("}") + 1));
  return typeof outer.Message === "string" ? parseObject(outer.Message) : outer;
}

/** Of an identity's notification, or of a configuration set's event. */
function typeOf(notice: JsonObject): string | undefined {
  return textIn(notice, "notificationType") ?? textIn(notice, "eventType");
}

const noRecipient = {
  address: undefined,
  originalRecipient: undefined,
  action: undefined,
  status: undefined,
  statusText: undefined,
  category: undefined,
  diagnosticCode: undefined,
  diagnosticType: "smtp",
  remoteMta: undefined,
};

function statusOf(body: JsonObject, recipients: DeliveryStatus["recipients"]): DeliveryStatus {
  return {
    reportingMta: textIn(body, "reportingMTA")?.replace(/^dsn?;[ \t]{0,9}|^dns;[ \t]{0,9}/i, ""),
    arrivalDate: textIn(body, "timestamp"),
    originalEnvelopeId: undefined,
    recipients: recipients.slice(0, 500),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Mail programs wrap long lines, even within strings, so line breaks are removed before parsing. */
function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text.replaceAll("\n", ""));
    return isObject(value) ? value : {};
  } catch {
    // Not JSON: the caller classifies the mail by other means.
    return {};
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

function listIn(object: JsonObject, name: string): JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value.slice(0, 8192) : undefined;
}
