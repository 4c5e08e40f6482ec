/** Settings of event publishing: destinations, webhooks, retries. */
import { optional, setting } from "./setting.ts";
import { secondsList, wholeNumber } from "./values.ts";

export const publishingSettings = {
  publishingRetrySeconds: setting(
    "MAILGLASS_PUBLISHING_RETRY_SECONDS",
    "The seconds before each retry of an event that an event destination or a webhook did not take, separated by commas. After the last one the event is given up; it can still be replayed. An event that is older than two days, or twice the sum of these seconds if that is longer, is not tried again. The default is 7 tries over a day.",
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
    "How many days published events are kept for replays. Events of messages that were sent longer ago are still published, but then publishing needs the event database.",
    "7",
    wholeNumber(1, 400),
  ),
  eventBridgeSource: setting(
    "MAILGLASS_EVENTBRIDGE_SOURCE",
    "`source` of the events sent to EventBridge. AWS refuses sources that begin with `aws.`; an emulator may take `aws.ses`, as in SES's events.",
    "mailglass.ses",
    (text) => {
      if (!/^[\x21-\x7e]{1,256}$/.test(text)) throw new Error("must be 1 to 256 ASCII characters without spaces");
      return text;
    },
  ),
  eventBridgeBus: optional(
    "MAILGLASS_EVENTBRIDGE_BUS",
    "The ARN of the EventBridge event bus for events about the account: sending was paused or resumed. Unset: they are not published to EventBridge.",
    (text) => {
      if (!/^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/.test(text)) {
        throw new Error("must be the ARN of an event bus");
      }
      return text;
    },
  ),
  cloudWatchNamespace: setting(
    "MAILGLASS_CLOUDWATCH_NAMESPACE",
    "The CloudWatch namespace of the metrics sent to CloudWatch destinations. SES's own, `AWS/SES`, is closed to others.",
    "Mailglass/SES",
    (text) => {
      if (/^AWS\//i.test(text)) throw new Error("must not begin with AWS/, which CloudWatch keeps for AWS's services");
      if (!/^(?!:)[\w.\-/#: ]{1,255}$/.test(text) || text.trim() === "") {
        throw new Error("must be 1 to 255 letters, digits, spaces and . _ - / # :, and not begin with a colon");
      }
      return text;
    },
  ),
};
