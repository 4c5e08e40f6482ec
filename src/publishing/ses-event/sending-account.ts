/** The account and the server that sent the mail, as SES's events name them. */
export interface SendingAccount {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** This server's name: the reporting MTA of events that name none, such as those of captured mail. */
  readonly hostname: string;
}

/** The ARN of an identity: an address or a domain. */
export function identityArn(
  { accountId, region }: Pick<SendingAccount, "accountId" | "region">,
  identity: string,
): string {
  return `arn:aws:ses:${region}:${accountId}:identity/${identity}`;
}
