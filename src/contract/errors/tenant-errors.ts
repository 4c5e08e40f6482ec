/** Errors about tenants and reputation. */
import { alreadyExists, badRequest, limitExceeded, notFound, ServiceError, sendingPaused } from "./service-error.ts";

const reputationEntityMissing = (reference: string) => `The reputation entity <${reference}> does not exist.`;

export const tenantErrors = {
  // Tenants
  tenantNameEmpty: () => badRequest("TenantName cannot be empty"),
  tenantNameTooLong: (limit: number) => badRequest(`TenantName cannot exceed ${limit} characters.`),
  tenantName: (name: string) =>
    badRequest(`Invalid tenant name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`),
  tenantExists: (name: string, account: string) =>
    alreadyExists(`Tenant with name ${name} already exists in account ${account}`),
  tenantNotFound: (name: string) => notFound(`The requested tenant <${name}> does not exist.`),
  repeatedTenantReason: () => badRequest("Each suppressed reason can only be specified at most once"),
  tenantReasonsAlone: () => badRequest("SuppressedReasons cannot be specified without SuppressionScope."),
  emptyTenantReasonsAlone: () =>
    badRequest("SuppressionScope is required when SuppressedReasons are provided. Valid values are: TENANT, ACCOUNT"),
  tenantScopeAlone: () => badRequest("SuppressionScope cannot be specified without SuppressedReasons."),
  tenantToken: () => badRequest("Invalid Next Token"),
  noResourceArn: () => badRequest("Provided resource identifier is not an SES resource"),
  noSesArn: () => badRequest("Provided ARN is not in SES resource ARN format"),
  resourceType: (type: string) => badRequest(`Unsupported resource type: ${type}`),
  resourceRegion: (arn: string) => badRequest(`Resource <${arn}> must be in the same region`),
  resourceAccount: (arn: string) => badRequest(`Resource <${arn}> must be in the same account`),
  // SES's texts differ by type; the colon is SES's own.
  resourceNotFound: {
    identity: (name: string) => notFound(`Identity <${name}> does not exist`),
    "configuration-set": (name: string) => notFound(`Configuration set <${name}> does not exist:`),
    template: (name: string) => notFound(`Email template <${name}> does not exist`),
  },
  resourceAssociated: (arn: string, tenant: string) =>
    alreadyExists(`Resources ${arn} has already been associated with tenant ${tenant}`),
  resourceTypeFilter: (type: string) => badRequest(`Invalid resource type ${type} specified.`),
  hasTenants: (arn: string) =>
    badRequest(
      `Cannot delete <${arn}> because it has tenant associations. Remove all tenant associations and try again.`,
    ),
  hasCertificates: (arn: string) =>
    badRequest(
      `Cannot delete <${arn}> because it has certificates associated with it. Disassociate all certificates and try again.`,
    ),
  tenantOfMailNotFound: (name: string, account: string) =>
    notFound(`Tenant ${name} for AwsAccountId ${account} not found.`),
  tenantNotAssociated: (arns: readonly string[]) =>
    new ServiceError("AccessDeniedException", `Tenant not associated with resources [${arns.join(", ")}].`, "Message"),
  // From here on, our own texts.
  tenantSendingPaused: (name: string) => sendingPaused(`Sending is paused for tenant <${name}>.`),
  tenantLimit: (limit: number) => limitExceeded(`The account has the maximum number of tenants, <${limit}>.`),
  tenantNameFilter: (limit: number) => badRequest(`TENANT_NAME_CONTAINS must be between 1 and ${limit} characters`),
  tenantStatusFilter: (status: string) => badRequest(`Invalid sending status <${status}> in filter.`),

  // Reputation: our own texts
  reputationEntityNotFound: (reference: string) => notFound(reputationEntityMissing(reference)),
  /** For operations whose model has no NotFoundException. */
  reputationEntityUnknown: (reference: string) => badRequest(reputationEntityMissing(reference)),
  reputationPolicy: (arn: string) => badRequest(`Invalid reputation policy <${arn}>.`),
  filterValue: (key: string, value: string) => badRequest(`Invalid value <${value}> of the filter ${key}.`),
} as const;
