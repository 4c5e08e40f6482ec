/** Parses ARNs of SNS topics, and names SNS's regional hosts. */

export interface TopicArn {
  readonly arn: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

const form = /^arn:aws[a-z-]{0,20}:sns:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/;

/** Parses a topic's ARN; undefined for any other text. */
export function topicArnOf(text: string): TopicArn | undefined {
  const [arn, region, account] = text.length > 400 ? [] : (form.exec(text) ?? []);
  return arn === undefined || region === undefined || account === undefined ? undefined : { arn, region, account };
}

export function snsHost(region: string): string {
  return `sns.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
