import type { Handlers } from "../../contract/types.ts";
import { createDeliverabilityTestReport } from "./create-deliverability-test-report.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";
import { getBlacklistReports } from "./get-blacklist-reports.ts";
import { getDeliverabilityDashboardOptions } from "./get-deliverability-dashboard-options.ts";
import { getDeliverabilityTestReport } from "./get-deliverability-test-report.ts";
import { getDomainDeliverabilityCampaign } from "./get-domain-deliverability-campaign.ts";
import { getDomainStatisticsReport } from "./get-domain-statistics-report.ts";
import { listDeliverabilityTestReports } from "./list-deliverability-test-reports.ts";
import { listDomainDeliverabilityCampaigns } from "./list-domain-deliverability-campaigns.ts";
import { putDeliverabilityDashboardOption } from "./put-deliverability-dashboard-option.ts";

export function deliverabilityDashboardOperations(services: DeliverabilityServices) {
  return {
    CreateDeliverabilityTestReport: createDeliverabilityTestReport(services),
    GetBlacklistReports: getBlacklistReports(services),
    GetDeliverabilityDashboardOptions: getDeliverabilityDashboardOptions(services),
    GetDeliverabilityTestReport: getDeliverabilityTestReport(services),
    GetDomainDeliverabilityCampaign: getDomainDeliverabilityCampaign(),
    GetDomainStatisticsReport: getDomainStatisticsReport(),
    ListDeliverabilityTestReports: listDeliverabilityTestReports(services),
    ListDomainDeliverabilityCampaigns: listDomainDeliverabilityCampaigns(),
    PutDeliverabilityDashboardOption: putDeliverabilityDashboardOption(services),
  } satisfies Handlers;
}
