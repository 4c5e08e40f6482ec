/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  /** May contain colons and slashes. */
  readonly resource: string;
}

/**
 * Splits an ARN of a resource in a region. Undefined for any other text. The region becomes part of a host name, so it
 * has letters, digits and hyphens only.
 */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([a-z0-9-]+):([a-z0-9-]+):([a-z0-9-]+):\d*:([\x21-\x7e]+)$/.exec(text);
  const [, partition, service, region, resource] = match ?? [];
  if (partition === undefined || service === undefined || region === undefined || resource === undefined) return;
  return { partition, service, region, resource };
}
