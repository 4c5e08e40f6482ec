import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { checkRange } from "./date-range.ts";

/**
 * GetDomainStatisticsReport: refused. Its volumes are of a panel of mailboxes that only AWS has; those of a few seed
 * mailboxes would be read as the volume of all mail.
 */
export function getDomainStatisticsReport(): Handler<"GetDomainStatisticsReport"> {
  return async ({ Domain = "", StartDate, EndDate }) => {
    checkRange(StartDate, EndDate);
    throw errors.noPanelDataOfDomain(Domain);
  };
}
