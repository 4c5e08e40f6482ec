/**
 * Parses notifications of Amazon SES that arrive by mail: the JSON of an SNS topic with a mail subscription. Operators
 * who mirror an SES account receive such mail; it counts as a bounce like any other.
 */
import type { DeliveryStatus } from "./dsn.ts";

/** Parses a bounce or a delivery from a text; undefined if it is neither. */
export function parseSesNotification(text: string): DeliveryStatus | undefined {
  const start = text.indexOf("{");
  if (start < 0 || !text.includes("notificationType")) return undefined;
  const outer = parseObject(text.slice(start, text.lastIndexOf("}") + 1));
  const notice = typeof outer.Message === "string" ? parseObject(outer.Message) : outer;
  const bounce = objectIn(notice, "bounce");
  const delivery = objectIn(notice, "delivery");
  if (notice.notificationType === "Bounce") {
    const recipients = listIn(bounce, "bouncedRecipients").map((one) => ({
      ...noRecipient,
      address: textIn(one, "emailAddress"),
      action: textIn(one, "action") ?? "failed",
      status: textIn(one, "status"),
      diagnosticCode: textIn(one, "diagnosticCode")?.replace(/^smtp;[ \t]{0,9}/i, ""),
    }));
    return recipients.length === 0 ? undefined : statusOf(bounce, recipients);
  }
  if (notice.notificationType !== "Delivery") return undefined;
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
