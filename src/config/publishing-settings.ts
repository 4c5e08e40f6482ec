/** Settings of event publishing: destinations, webhooks, retries. */
import { setting } from "./setting.ts";
import { secondsList, wholeNumber } from "./values.ts";

export const publishingSettings = {
  publishingRetrySeconds: setting(
    "MAILGLASS_PUBLISHING_RETRY_SECONDS",
    "The seconds before each retry of an event that an event destination or a webhook did not take, separated by commas. After the last one the event is given up; it can still be replayed. The default is 7 tries over a day.",
    "5,60,600,3600,18000,64800",
    secondsList,
  ),
  publishingMaxEvents: setting(
    "MAILGLASS_PUBLISHING_MAX_EVENTS",
    "How many events may wait for one event destination or webhook. Further ones are given up; they can still be replayed.",
    "1000000",
    wholeNumber(1, 1_000_000_000),
  ),
  publishingMaxBytes: setting(
    "MAILGLASS_PUBLISHING_MAX_BYTES",
    "How many bytes of events may wait for one event destination or webhook, uncompressed.",
    "4294967296",
    wholeNumber(1_000_000, Number.MAX_SAFE_INTEGER),
  ),
  keepPublishedDays: setting(
    "MAILGLASS_KEEP_PUBLISHED_DAYS",
    "How many days published events are kept for replays, and the deliveries of webhooks in their log. Events of messages that were sent longer ago are still published, but then publishing needs the event database.",
    "7",
    wholeNumber(1, 400),
  ),
};
