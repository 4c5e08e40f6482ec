/** The endpoint of an AWS service that the operator has set, as the SDK reads it; undefined if it is AWS's own. */
export function awsEndpoint(service: "SNS" | "SQS"): string | undefined {
  return process.env[`AWS_ENDPOINT_URL_${service}`] || process.env.AWS_ENDPOINT_URL || undefined;
}
