import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";

/** GetDomainDeliverabilityCampaign: refused, because AWS finds campaigns in its panel of mailboxes. */
export function getDomainDeliverabilityCampaign(): Handler<"GetDomainDeliverabilityCampaign"> {
  return async ({ CampaignId = "" }) => {
    throw errors.noPanelDataOfCampaign(CampaignId);
  };
}
