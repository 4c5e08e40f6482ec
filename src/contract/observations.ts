/**
 * What was seen of SES's constraint checks and follows from no model: facts 1.1, 2.1 and 4.1, grade probe.
 * Where nothing was seen the model's order holds.
 */
import type { OperationName } from "./types.ts";

/**
 * Orders in which SES prints an enum's values where it isn't the model's. A set is known by its values.
 * They follow no rule that was found (they are not the order of a Java HashSet).
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
];

/** The members that SES reports first, by structure; the structure's others follow in the model's order. */
export const memberOrders: Readonly<Record<string, readonly string[]>> = {
  BatchGetMetricDataQuery: ["Metric", "Namespace", "Id"],
};

/** The members of a request whose violations print the value, as in `Value '0' at 'pageSize'`; no others do. */
export const printedMembers: ReadonlySet<string> = new Set(["NextToken", "PageSize"]);

/**
 * The operations that check their constraints in their handlers, since SES answers some other error first.
 * Their input is decoded, but may lack required members and hold values outside the constraints.
 */
export const checksItself: ReadonlySet<OperationName> = new Set<OperationName>([
  // One data source, then the destination's constraints, the refusal of an S3Url, VDM, and only then the rest.
  "CreateExportJob",
  // VDM, the number of queries, duplicate ids and unknown dimensions come before the members' constraints.
  "BatchGetMetricData",
  // Its page size and token have wordings of their own.
  "ListExportJobs",
]);
