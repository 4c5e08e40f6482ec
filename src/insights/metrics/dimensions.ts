/** The dimensions by which metrics are told apart, on the folded state of messages. */

/** The names of the dimensions (SES's MetricDimensionName). */
export const metricDimensions = ["EMAIL_IDENTITY", "CONFIGURATION_SET", "ISP", "TENANT_NAME"] as const;

/** One of them. */
export type MetricDimension = (typeof metricDimensions)[number];

/** Whether this is the name of a dimension. */
export function isDimension(name: string): name is MetricDimension {
  return metricDimensions.some((known) => known === name);
}

/** The columns that hold a dimension's value. */
export const dimensionColumn: Readonly<Record<MetricDimension, string>> = {
  CONFIGURATION_SET: "configuration_set",
  EMAIL_IDENTITY: "identity",
  ISP: "isp",
  TENANT_NAME: "tenant",
};

/**
 * SQL for whether a message counts for a value (itself SQL) of a dimension. An identity that is a domain also counts
 * the mail of the addresses in it.
 */
export function matchesDimension(dimension: MetricDimension, value: string): string {
  if (dimension !== "EMAIL_IDENTITY") return `${dimensionColumn[dimension]} = ${value}`;
  return `(${value} = source OR lower(${value}) = lower(splitByChar('@', source)[-1]) OR ${value} = identity)`;
}
