/** Writes the examples in docs/events.md: `npm run docs`. A test checks that they are current. */
import { readFile, writeFile } from "node:fs/promises";
import { statusEvent } from "../src/operations/account/sending-status.ts";
import { eventNames } from "../src/publishing/ses-event/event-names.ts";
import { type AccountEvent, renderAccountEvent } from "../src/publishing/ses-event/render-account-event.ts";
import { prepareMessage, renderEvent } from "../src/publishing/ses-event/render-event.ts";
import { prepareNotifiedMessage, renderNotification } from "../src/publishing/ses-event/render-notification.ts";
import { rateSentence } from "../src/reputation/find.ts";
import { cases } from "../test/support/event-json-cases.ts";
import { account, headers, rowOf, sent } from "../test/support/published-mail.ts";

/** The path of the page. */
export const eventsPageFile = new URL("../docs/events.md", import.meta.url);

const at = new Date("2026-09-21T01:02:09.500Z");
const rateText = rateSentence({ kind: "BOUNCE", volume: 1600, windowDays: 1, measuredAt: at }, 0.05);
const accountEvents: Readonly<Record<string, AccountEvent>> = {
  "sending status": statusEvent(false, at),
  "sending status of a configuration set": statusEvent(true, at, "news"),
  suppression: {
    type: "SUPPRESSION_ADDED",
    at,
    emailAddress: "one@example.org",
    reason: "BOUNCE",
    messageId: sent.messageId,
  },
  "rate alert": {
    type: "RATE_ALERT_OPENED",
    at,
    text: rateText,
    impact: "LOW",
    metric: "BOUNCE",
    alert: {
      id: "0b0e7f56-6d5c-4c9c-9a0b-6f6f3f9b5c11",
      kind: "bounce-rate",
      account: account.accountId,
      region: account.region,
      subject: { type: "configuration-set", name: "news" },
      text: rateText,
      ...{ rate: 0.0625, threshold: 0.05, volume: 1600, windowDays: 1 },
      measuredAt: at.toISOString(),
      openedAt: at.toISOString(),
    },
  },
  recommendation: {
    type: "RECOMMENDATION_OPENED",
    at,
    text: "The DMARC record _dmarc.example.com was not found.",
    impact: "HIGH",
    recommendation: {
      id: "8d0c2c9e-5b0b-4bb7-8c1e-6f2f6f5a7a31",
      type: "DMARC",
      identity: "example.com",
      openedAt: at,
      fixedAt: undefined,
    },
  },
  "source alert": {
    type: "SOURCE_ALERT_OPENED",
    at,
    alert: {
      id: "5f0c4b0e-93f5-4a55-b3f4-3c3c8a1f0a52",
      kind: "source-queue",
      subject: { type: "source", name: "production", id: "2b1f7f0e-0d7c-4c53-8d4e-1c7f3a9b2d10" },
      text: "The queue of the source production is growing: 12000 messages are waiting",
      ...{ waiting: 12_000, waitingBefore: 10_400 },
      openedAt: at.toISOString(),
    },
  },
  "suppression removed": { type: "SUPPRESSION_REMOVED", at, emailAddress: "one@example.org" },
};

/** The examples by name: `eventType`, `notification` and those of account events. Each is one line of JSON. */
export function eventExamples(): ReadonlyMap<string, string> {
  const examples = new Map<string, string>();
  const message = prepareMessage(rowOf(sent), headers, account);
  for (const [, event] of cases) {
    const { eventType } = eventNames[event.type];
    if (!examples.has(eventType)) examples.set(eventType, renderEvent(rowOf(event), message));
    if (event.type === "DELIVERY" && !examples.has("notification")) {
      const notified = prepareNotifiedMessage(rowOf(sent), "none", account);
      examples.set("notification", renderNotification(rowOf(event), notified));
    }
  }
  for (const [name, event] of Object.entries(accountEvents)) examples.set(name, renderAccountEvent(event));
  return examples;
}

const example = /(<!-- example: (.+?) -->\n\n```json\n)[^`]*(\n```)/g;

/** Returns the page with its examples replaced. Throws for the name of an example that doesn't exist. */
export function withExamples(page: string, examples: ReadonlyMap<string, string>): string {
  return page.replace(example, (_, start: string, name: string, end: string) => {
    const line = examples.get(name);
    if (line === undefined) throw new Error(`There is no example ${name}.`);
    return `${start}${JSON.stringify(JSON.parse(line), null, 2)}${end}`;
  });
}

if (import.meta.main) {
  await writeFile(eventsPageFile, withExamples(await readFile(eventsPageFile, "utf8"), eventExamples()));
}
