/** Errors about the deliverability dashboard, recommendations and blocklists. */
import { badRequest, limitExceeded, notFound } from "./service-error.ts";

export const deliverabilityErrors = {
  // Deliverability dashboard: no texts of SES are known
  noSeedMailboxes: () =>
    badRequest(
      "No seed mailboxes are configured: an inbox placement test has no mailbox to send to. An operator adds them with POST /admin/seed-mailboxes.",
    ),
  placementTestInCapture: () =>
    badRequest(
      "MAILGLASS_DELIVERY is capture: no mail leaves this server, so an inbox placement test has nothing to measure.",
    ),
  placementTestLimit: (limit: number) =>
    limitExceeded(`${limit} inbox placement tests are in progress, which is the limit. Wait until one is complete.`),
  placementTestRendering: (reason: string) => badRequest(`The template can't be rendered: ${reason}`),
  testReportNotFound: (id: string) => notFound(`Deliverability test report <${id}> does not exist.`),
  deliverabilityToken: () => badRequest("Invalid Next Token"),
  deliverabilityRange: (days: number) => badRequest(`EndDate must be no more than ${days} days after StartDate.`),
  deliverabilityRangeReversed: () => badRequest("EndDate must not be before StartDate."),
  dashboardUnavailable: () =>
    badRequest(
      "The Deliverability dashboard can't be enabled: this server has neither seed mailboxes (POST /admin/seed-mailboxes) nor DNS blocklists to report from.",
    ),
  subscribedDomainMissing: () => badRequest("Each of SubscribedDomains needs a Domain."),
  subscribedDomainTwice: (domain: string) => badRequest(`SubscribedDomains has <${domain}> more than once.`),
  subscribedDomainNotVerified: (domain: string) => notFound(`<${domain}> is not a verified domain identity.`),
  noPanelDataOfDomain: (domain: string) =>
    notFound(
      `There is no deliverability data of the domain <${domain}>: it comes from a panel of recipients' mailboxes that only AWS has.`,
    ),
  noPanelDataOfCampaign: (id: string) =>
    notFound(
      `There is no campaign <${id}>: campaigns are found in a panel of recipients' mailboxes that only AWS has.`,
    ),

  // Recommendations and blocklists: our own texts
  recommendationFilters: () => badRequest("Filter can have one entry, or STATUS together with either IMPACT or TYPE."),
  blacklistItem: (name: string) => badRequest(`BlacklistItemNames has <${name}>, which is not an IP address.`),
  blacklistItemNotFound: (name: string) => notFound(`<${name}> is not an IP address that this server sends from.`),
  noBlacklists: () => badRequest("No blocklists are configured. The setting MAILGLASS_DNSBLS names them."),
  blacklistUnknown: (list: string, address: string, reason: string) =>
    badRequest(`The blocklist ${list} could not be asked about <${address}>: ${reason}.`),
  ownAddressesUnknown: (reason: string) =>
    badRequest(`The IP addresses that this server sends from could not be determined: ${reason}.`),
} as const;
