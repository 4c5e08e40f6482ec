/** Settings of alerts. */
import { setting } from "./setting.ts";
import { wholeNumber } from "./values.ts";

export const alertSettings = {
  alertBouncePercent: setting(
    "MAILGLASS_ALERT_BOUNCE_PERCENT",
    "An [alert](alerts.md) opens above this rate of hard bounces, in percent of messages sent; `off`: never.",
    "5",
    percentOrOff,
  ),
  alertComplaintPercent: setting(
    "MAILGLASS_ALERT_COMPLAINT_PERCENT",
    "An [alert](alerts.md) opens above this rate of complaints, in percent of messages delivered; `off`: never.",
    "0.1",
    percentOrOff,
  ),
  alertLeastMessages: setting(
    "MAILGLASS_ALERT_LEAST_MESSAGES",
    "Rates are only checked with at least this many messages in seven days.",
    "1000",
    wholeNumber(1, 1_000_000_000),
  ),
  alertQueueMessages: setting(
    "MAILGLASS_ALERT_QUEUE_MESSAGES",
    "An [alert](alerts.md) opens if more messages than this wait in the queue of a source of [the mirror](mirror.md) and their number is growing.",
    "10000",
    wholeNumber(1, 1_000_000_000),
  ),
};

/** As a fraction. */
function percentOrOff(text: string): number | undefined {
  if (text === "off") return undefined;
  const percent = Number(text);
  if (!/^\d{1,3}(\.\d{1,6})?$/.test(text) || percent <= 0 || percent >= 100) {
    throw new Error("must be a number above 0 and below 100, or off");
  }
  return percent / 100;
}
