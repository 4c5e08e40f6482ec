/** Settings of the emulated SES account: its identity and quotas. */
import { regionName, regionNames } from "./regions.ts";
import { optional, setting } from "./setting.ts";
import { emailAddress, oneOf, wholeNumber } from "./values.ts";

export const accountSettings = {
  accountId: setting(
    "MAILGLASS_ACCOUNT_ID",
    "The ID of the default account, which the API reports. Changing it renames the account; what belongs to it stays.",
    "000000000000",
    (text) => {
      if (!/^\d{12}$/.test(text)) throw new Error("must be 12 digits");
      return text;
    },
  ),
  region: setting(
    "MAILGLASS_REGION",
    "The default AWS region. Request signatures must name it, or one of MAILGLASS_REGIONS. It is also part of Message-IDs and error messages. Changing it renames the region; what belongs to it stays.",
    "us-east-1",
    regionName,
  ),
  regions: setting(
    "MAILGLASS_REGIONS",
    "Further regions that this server serves, separated by commas; `*`: any. Each has its own resources and messages, and a request is for the region that its signature names ([accounts and regions](accounts.md)).",
    "",
    regionNames,
  ),
  accountsFromKeys: setting(
    "MAILGLASS_ACCOUNTS_FROM_KEYS",
    "`on`: an access key ID of twelve digits (over SMTP, a user name) is the ID of the account that a call is for, which is created at its first use. Signatures are not verified, so it requires MAILGLASS_AUTH=off.",
    "off",
    oneOf("off", "on"),
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
  abuseAddress: optional(
    "MAILGLASS_ABUSE_ADDRESS",
    "The operator's email address for people who got a verification mail that they did not ask for. The disclaimer of [custom verification mail](custom-verification.md) names it. Unset: it names none.",
    emailAddress,
  ),
  contactLists: setting(
    "MAILGLASS_CONTACT_LISTS",
    "How many contact lists each account may have in a region. SES allows one.",
    "1",
    wholeNumber(1, 10_000),
  ),
};
