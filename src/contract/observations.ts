/**
 * Observed behavior of SES's constraint checks that no model describes: facts 1.1, 2.1 and 4.1, grade probe. Where
 * nothing was observed, the model's order applies.
 */
import { errors } from "./errors.ts";
import type { OperationName } from "./types.ts";

/**
 * The orders in which SES prints an enum's values if they differ from the model's. An enum is identified by its values.
 * No rule behind these orders is known (they are not the order of a Java HashSet).
 */
export const enumOrders: readonly (readonly string[])[] = [
  [
    "DELIVERY_COMPLAINT",
    "CLICK",
    "SEND",
    "OPEN",
    "COMPLAINT",
    "DELIVERY",
    "DELIVERY_OPEN",
    "PERMANENT_BOUNCE",
    "DELIVERY_CLICK",
    "TRANSIENT_BOUNCE",
  ],
  ["TENANT", "ACCOUNT"],
  ["SENDING_STATUS", "TENANT_NAME_CONTAINS"],
  ["OPT_OUT", "OPT_IN"],
  ["IDENTITY_NAME_CONTAINS", "VERIFICATION_STATUS", "IDENTITY_TYPE"],
];

/** The members that SES reports first, by structure. The other members follow in the model's order. */
export const memberOrders: Readonly<Record<string, readonly string[]>> = {
  BatchGetMetricDataQuery: ["Metric", "Namespace", "Id"],
};

/** The errors for a null in a list, by the name of the list's member. In other lists it is unreadable. */
export const nullElements: Readonly<Record<string, () => Error>> = {
  SuppressedReasons: errors.suppressionReasonNull,
};

/** Maps of which SES ignores unknown keys and accepts empty values, by structure. */
export const lenientMaps: Readonly<Record<string, readonly string[]>> = {
  ListConfigurationSetsRequest: ["Filter"],
};

/** Members of an output that SES writes as null if they are absent (facts 10, and facts 8 of tenants), by structure. */
export const writtenNulls: Readonly<Record<string, readonly string[]>> = {
  ListImportJobsResponse: ["NextToken"],
  ListEmailIdentityCertificatesResponse: ["NextToken"],
  ListTenantsResponse: ["NextToken"],
  ListTenantResourcesResponse: ["NextToken"],
  ListResourceTenantsResponse: ["NextToken"],
  CreateTenantResponse: ["SuppressionAttributes"],
  Tenant: ["SuppressionAttributes"],
};

/** Values of an output that SES writes differently from its model, by structure and member (facts 8 of tenants, probe). */
export const writtenValues: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  TenantResource: {
    ResourceType: { CONFIGURATION_SET: "configuration-set", EMAIL_IDENTITY: "identity", EMAIL_TEMPLATE: "template" },
  },
};

/** The members of a request whose violations include the value, as in `Value '0' at 'pageSize'`. */
export const printedMembers: ReadonlySet<string> = new Set(["NextToken", "PageSize"]);

/**
 * The operations whose handlers check the constraints, because SES reports another error first. Their input is decoded,
 * but may lack required members and violate constraints.
 */
export const checksItself: ReadonlySet<OperationName> = new Set<OperationName>([
  // One data source, then the destination's constraints, the refusal of an S3Url, VDM, and only then the rest.
  "CreateExportJob",
  // The name, the event types and the number of destinations have their own texts, and come first.
  "CreateConfigurationSetEventDestination",
  "UpdateConfigurationSetEventDestination",
  // VDM, the number of queries, duplicate IDs and unknown dimensions come before the members' constraints.
  "BatchGetMetricData",
  // Its page size and token have their own texts.
  "ListExportJobs",
  // A missing ARN or list has an error without a text, and the ARN comes before the constraints of tags.
  "ListTagsForResource",
  "TagResource",
  "UntagResource",
  // An ARN has its own texts and comes first. A tenant's name, also an absent one, has its own, and comes before the rest.
  "CreateTenantResourceAssociation",
  "DeleteTenantResourceAssociation",
  "DeleteTenant",
  "GetTenant",
  "PutTenantSuppressionAttributes",
  // The token and the page size are reported together, the token first, before the name and the ARN.
  "ListResourceTenants",
  "ListTenantResources",
  "ListTenants",
  // Missing and invalid values have their own texts.
  "CreateDedicatedIpPool",
  "PutDedicatedIpInPool",
  "PutDedicatedIpPoolScalingAttributes",
  "PutDedicatedIpWarmupAttributes",
  // As the lists of tenants.
  "ListRecommendations",
  "ListEmailIdentityCertificates",
  "ListReputationEntities",
]);
