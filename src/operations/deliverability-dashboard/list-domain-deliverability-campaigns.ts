import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { checkRange } from "./date-range.ts";
import { pageSizeOf } from "./page-size.ts";

/** ListDomainDeliverabilityCampaigns: refused like GetDomainStatisticsReport. It returns no tokens, so none is valid. */
export function listDomainDeliverabilityCampaigns(): Handler<"ListDomainDeliverabilityCampaigns"> {
  return async ({ SubscribedDomain = "", StartDate, EndDate, PageSize, NextToken }) => {
    pageSizeOf(PageSize);
    checkRange(StartDate, EndDate);
    if (NextToken !== undefined) throw errors.deliverabilityToken();
    throw errors.noPanelDataOfDomain(SubscribedDomain);
  };
}
