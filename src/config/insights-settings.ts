/** Settings for what insights, metrics and exports count, and for insights about addresses. */
import { optional, setting } from "./setting.ts";
import { oneOf, text } from "./values.ts";

export const insightsSettings = {
  disposableDomainsFile: optional(
    "MAILGLASS_DISPOSABLE_DOMAINS_FILE",
    "A file with a domain per line whose mailboxes are disposable, besides those of the built-in list. `!example.com` is an exception: this domain is not disposable. `#` begins a comment. The server reads the file again when it changes.",
    text,
  ),
  insightsScope: setting(
    "MAILGLASS_INSIGHTS_SCOPE",
    "`all`: insights, metrics and exports cover all mail. `ses`: as in SES, they leave out messages with more than one recipient and mail to the mailbox simulator.",
    "all",
    oneOf("all", "ses"),
  ),
  machineEngagement: setting(
    "MAILGLASS_MACHINE_ENGAGEMENT",
    "What opens and clicks by machines (privacy proxies, link scanners) count for; events mark them in any case. `apart`: they are not in metrics and not the last engagement event. `count`: they count like those of people, as in SES.",
    "apart",
    oneOf("apart", "count"),
  ),
};
