/** Settings for which mail and events insights, metrics and exports count. */
import { setting } from "./setting.ts";
import { oneOf } from "./values.ts";

export const insightsSettings = {
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
