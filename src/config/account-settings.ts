/** Settings of the emulated SES account: its identity and quotas. */
import { setting } from "./setting.ts";
import { oneOf, wholeNumber } from "./values.ts";

export const accountSettings = {
  accountId: setting("MAILGLASS_ACCOUNT_ID", "The AWS account ID that the API reports.", "000000000000", (text) => {
    if (!/^\d{12}$/.test(text)) throw new Error("must be 12 digits");
    return text;
  }),
  region: setting(
    "MAILGLASS_REGION",
    "The AWS region that request signatures must name. It is also part of Message-IDs and error messages.",
    "us-east-1",
    (text) => {
      if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) throw new Error("must be an AWS region such as us-east-1");
      return text;
    },
  ),
  sendRate: setting(
    "MAILGLASS_SEND_RATE",
    "How many recipients a second each account may send to in a region (MaxSendRate). 0: no limit.",
    "0",
    wholeNumber(0, 1_000_000),
  ),
  dailyQuota: setting(
    "MAILGLASS_DAILY_QUOTA",
    "How many recipients in 24 hours each account may send to in a region (Max24HourSend). 0: no limit.",
    "0",
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
  ),
  unicodeDomains: setting(
    "MAILGLASS_UNICODE_DOMAINS",
    "What happens to an address whose domain is not ASCII in a request to send: `refuse` it as SES does, or `convert` the domain to Punycode.",
    "refuse",
    oneOf("refuse", "convert"),
  ),
  contactLists: setting(
    "MAILGLASS_CONTACT_LISTS",
    "How many contact lists each account may have in a region. SES allows one.",
    "1",
    wholeNumber(1, 10_000),
  ),
};
