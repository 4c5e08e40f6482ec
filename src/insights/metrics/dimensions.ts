/** The dimensions of metrics, as columns of the aggregated state of messages. */

/** The names of the dimensions (SES's MetricDimensionName). */
export const metricDimensions = ["EMAIL_IDENTITY", "CONFIGURATION_SET", "ISP", "TENANT_NAME"] as const;

export type MetricDimension = (typeof metricDimensions)[number];

export function isDimension(name: string): name is MetricDimension {
  return metricDimensions.some((known) => known === name);
}

/** The column with a dimension's value. */
export const dimensionColumn: Readonly<Record<MetricDimension, string>> = {
  CONFIGURATION_SET: "configuration_set",
  EMAIL_IDENTITY: "identity",
  ISP: "isp",
  TENANT_NAME: "tenant",
};

/** The columns that `matchesDimension` uses. */
export function columnsOf(dimension: MetricDimension): readonly string[] {
  return dimension === "EMAIL_IDENTITY" ? ["source", "identity"] : [dimensionColumn[dimension]];
}

/**
 * SQL for whether a message matches a value (itself SQL) of a dimension. A domain identity also includes the mail of
 * addresses in the domain.
 */
export function matchesDimension(dimension: MetricDimension, value: string): string {
  if (dimension !== "EMAIL_IDENTITY") return `${dimensionColumn[dimension]} = ${value}`;
  return `(${value} = source OR lower(${value}) = lower(splitByChar('@', source)[-1]) OR ${value} = identity)`;
}
