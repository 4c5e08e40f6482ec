/**
 * Notices of Amazon SES that came by mail: the JSON of an SNS topic with a mail subscription. Such mail reaches those who
 * mirror an SES account, and is a bounce as good as any.
 */
import type { DeliveryStatus } from "./dsn.ts";

/** Reads a bounce or a delivery from a text; undefined where it is neither. */
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

/** Mail programs break long lines, in strings too: a line break in a JSON text means nothing. */
function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text.replaceAll("\n", ""));
    return isObject(value) ? value : {};
  } catch {
    // Not JSON: the caller takes the mail for what it is otherwise.
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
