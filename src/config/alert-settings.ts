/** Settings of alerts. */
import { setting } from "./setting.ts";
import { wholeNumber } from "./values.ts";

export const alertSettings = {
  alertBouncePercent: setting(
    "MAILGLASS_ALERT_BOUNCE_PERCENT",
    "Above which rate of hard bounces there is an [alert](alerts.md), in percent of messages sent; `off` for none.",
    "5",
    percentOrOff,
  ),
  alertComplaintPercent: setting(
    "MAILGLASS_ALERT_COMPLAINT_PERCENT",
    "Above which rate of complaints there is an [alert](alerts.md), in percent of messages delivered; `off` for none.",
    "0.1",
    percentOrOff,
  ),
  alertLeastMessages: setting(
    "MAILGLASS_ALERT_LEAST_MESSAGES",
    "Without so many messages in seven days, there is no rate to alert of.",
    "1000",
    wholeNumber(1, 1_000_000_000),
  ),
  alertQueueMessages: setting(
    "MAILGLASS_ALERT_QUEUE_MESSAGES",
    "When more messages than this wait in the queue of a source of [the mirror](mirror.md) and their number rises, there is an [alert](alerts.md).",
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
