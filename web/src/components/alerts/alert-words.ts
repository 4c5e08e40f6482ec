/** What an alert says: what is wrong, and the figures behind it. */
import type { Alert } from "../../../../src/admin-api/alerts.ts";
import { formatCount, formatRate } from "../../time/format.ts";

/** What is wrong, for a column or before the name of the subject: `High bounce rate`. */
export const alertNames: Readonly<Record<Alert["kind"], string>> = {
  "bounce-rate": "High bounce rate",
  "complaint-rate": "High complaint rate",
  "source-silent": "Source silent",
  "source-queue": "Queue growing",
  "source-failing": "Source failing",
};

export const subjectNames: Readonly<Record<Alert["subject"]["type"], string>> = {
  identity: "Identity",
  "configuration-set": "Configuration set",
  tenant: "Tenant",
  source: "Source",
};

/** The figures in a sentence, without the time of a silent source's last event. */
export function alertDetail(alert: Alert): string {
  switch (alert.kind) {
    case "bounce-rate":
      return rateSentence(alert, "hard bounces");
    case "complaint-rate":
      return rateSentence(alert, "complaints");
    case "source-silent": {
      const { silenceSeconds = 0, eventAt } = alert;
      const limit = `the limit is ${duration(silenceSeconds)}`;
      return eventAt ? `No event for longer than its limit: ${limit}.` : `No event has arrived yet; ${limit}.`;
    }
    case "source-queue": {
      const { waiting = 0, waitingBefore = 0 } = alert;
      return `${formatCount(waiting)} messages are waiting; at first there were ${formatCount(waitingBefore)}.`;
    }
    case "source-failing":
      return (alert.error ?? alert.text).replace(/[^.!?]$/, "$&.");
  }
}

function rateSentence({ rate, threshold, volume = 0, windowDays = 1 }: Alert, what: string): string {
  const days = windowDays === 1 ? "24 hours" : `${windowDays} days`;
  return `${formatRate(rate)} ${what} in ${formatCount(volume)} messages of ${days}; the threshold is ${formatRate(threshold)}.`;
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `90 minutes`: in the largest unit of which it is a whole number. */
export function duration(seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? ["second", 1];
  const count = seconds / length;
  return `${formatCount(count)} ${unit}${count === 1 ? "" : "s"}`;
}
