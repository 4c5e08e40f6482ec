/** The account and the server that sent the mail, as SES's events name them. */
export interface SendingAccount {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** This server's name: the reporting MTA of events that name none, such as those of captured mail. */
  readonly hostname: string;
}

/** The ARN of an identity: an address or a domain. The partition is `aws` by default. */
export function identityArn(
  { accountId, region, partition = "aws" }: Pick<SendingAccount, "accountId" | "region"> & { partition?: string },
  identity: string,
): string {
  return `arn:${partition}:ses:${region}:${accountId}:identity/${identity}`;
}
