import type { Config } from "../../config/config.ts";
import type { Handlers } from "../../contract/types.ts";
import { getAccount, type SendQuota } from "./get-account.ts";
import { putAccountDedicatedIpWarmupAttributes } from "./put-account-dedicated-ip-warmup-attributes.ts";
import { putAccountDetails } from "./put-account-details.ts";
import { putAccountPricingAttributes } from "./put-account-pricing-attributes.ts";
import { putAccountSendingAttributes } from "./put-account-sending-attributes.ts";
import { putAccountSuppressionAttributes } from "./put-account-suppression-attributes.ts";
import { putAccountVdmAttributes } from "./put-account-vdm-attributes.ts";
import type { SendingStatusServices } from "./sending-status.ts";

export function accountOperations(
  services: SendingStatusServices & { config: Pick<Config, "dailyQuota" | "sendRate"> },
) {
  return {
    GetAccount: getAccount({ database: services.database, quota: sendQuota(services.config) }),
    PutAccountDetails: putAccountDetails(services),
    PutAccountPricingAttributes: putAccountPricingAttributes,
    PutAccountDedicatedIpWarmupAttributes: putAccountDedicatedIpWarmupAttributes(services),
    PutAccountSendingAttributes: putAccountSendingAttributes(services),
    PutAccountSuppressionAttributes: putAccountSuppressionAttributes(services),
    PutAccountVdmAttributes: putAccountVdmAttributes(services),
  } satisfies Handlers;
}

/** SES represents "no limit" as -1. */
function sendQuota({ dailyQuota, sendRate }: Pick<Config, "dailyQuota" | "sendRate">): SendQuota {
  return { max24HourSend: dailyQuota === 0 ? -1 : dailyQuota, maxSendRate: sendRate === 0 ? -1 : sendRate };
}
