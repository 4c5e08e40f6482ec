/** Settings of how long data is kept. */
import { setting } from "./setting.ts";
import { wholeNumber } from "./values.ts";

export const retentionSettings = {
  keepEventDays: setting(
    "MAILGLASS_KEEP_EVENT_DAYS",
    "How many days after a message was sent its events are deleted. 0: never.",
    "400",
    wholeNumber(0, 36_500),
  ),
  keepMailDays: setting(
    "MAILGLASS_KEEP_MAIL_DAYS",
    "How many days after a message was sent its content is deleted. 0: never.",
    "30",
    wholeNumber(0, 36_500),
  ),
  keepExportFileDays: setting(
    "MAILGLASS_KEEP_EXPORT_FILE_DAYS",
    "How many days after a job has ended its file (an export, or the failed records of an import) is deleted. 0: never.",
    "7",
    wholeNumber(0, 36_500),
  ),
  keepJobDays: setting(
    "MAILGLASS_KEEP_JOB_DAYS",
    "How many days after a job has ended it is deleted, with its file. 0: never.",
    "90",
    wholeNumber(0, 36_500),
  ),
  keepWebhookLogDays: setting(
    "MAILGLASS_KEEP_WEBHOOK_LOG_DAYS",
    "How many days after a post to a webhook its entry in the log of deliveries is deleted. 0: never.",
    "7",
    wholeNumber(0, 36_500),
  ),
};
