/** What a policy is asked about. */

/** Who calls: an access key of an account, which IAM would call a user. */
export interface Principal {
  /** 12 digits. */
  readonly accountId: string;
  /** Such as `arn:aws:iam::111122223333:user/name`. */
  readonly arn: string;
}

/** The user of an account that an access key stands for; `anonymous` without one. */
export function userOf(accountId: string, accessKeyId: string): Principal {
  return { accountId, arn: `arn:aws:iam::${accountId}:user/${accessKeyId}` };
}

/** What conditions may ask about a request. Undefined where the request has none; an empty text counts as none. */
export interface RequestContext {
  /** The addresses in To, Cc and Bcc. */
  readonly recipients: readonly string[];
  readonly fromAddress: string | undefined;
  readonly fromDisplayName: string | undefined;
  /** Where bounces and complaints are forwarded to: the Return-Path. */
  readonly feedbackAddress: string | undefined;
  /** `1` or `2`; undefined over SMTP. */
  readonly apiVersion: string | undefined;
  /** When the request arrived. */
  readonly now: Date;
  readonly sourceIp: string | undefined;
  /** Whether the request came over TLS. */
  readonly secureTransport: boolean;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
}

export interface PolicyRequest {
  readonly principal: Principal;
  /** The IAM action, such as `ses:SendRawEmail`. */
  readonly action: string;
  /** The ARN of the identity whose policies are asked. */
  readonly resource: string;
  /** Called at most once, and only if a statement's conditions need it. */
  readonly context: () => RequestContext;
}
