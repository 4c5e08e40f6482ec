/**
 * Checks the ARNs of targets. SES's own texts are unknown, except for Pinpoint. Whether a resource exists is a question
 * for its service (`CheckTarget`).
 */
import { errors } from "../../contract/errors.ts";
import type { TargetOwner } from "./event-destination-services.ts";

interface Arn {
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

const pattern =
  /^arn:aws(?:-[a-z]+)*:(?<service>[a-z]+):(?<region>[a-z0-9-]*):(?<account>\d{12}):(?<resource>[^:\s]+)$/;

/** The parts of the ARN of a service's resource; undefined for any other text. */
function parseArn(arn: string, service: string, resource: RegExp): Arn | undefined {
  const { groups } = pattern.exec(arn) ?? {};
  const { service: owner, region, account, resource: found } = groups ?? {};
  if (region === undefined || account === undefined || found === undefined) return undefined;
  return owner === service && resource.test(found) ? { region, account, resource: found } : undefined;
}

/**
 * Checks the ARN of an SNS topic: a standard topic in this region. It may belong to another account, whose topic policy
 * then has to allow it.
 */
export function checkTopicArn(arn: string, { region }: Pick<TargetOwner, "region">): string {
  const parsed = parseArn(arn, "sns", /^[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/);
  if (!parsed) throw errors.targetArn("SNS topic", arn);
  if (parsed.region !== region) throw errors.targetRegion("SNS topic", arn, region);
  if (parsed.resource.endsWith(".fifo")) throw errors.fifoTopic(arn);
  return arn;
}

/** Checks the ARN of an event bus: as in SES, the default bus of this account and region. */
export function checkEventBusArn(arn: string, owner: TargetOwner): string {
  const parsed = parseArn(arn, "events", /^event-bus\/[A-Za-z0-9._/-]{1,256}$/);
  if (!parsed) throw errors.targetArn("event bus", arn);
  checkOwner("event bus", arn, parsed, owner);
  if (parsed.resource !== "event-bus/default") throw errors.defaultBusOnly(arn);
  return arn;
}

/** Checks the ARN of a Firehose stream of this account and region. */
export function checkDeliveryStreamArn(arn: string, owner: TargetOwner): string {
  const parsed = parseArn(arn, "firehose", /^deliverystream\/[A-Za-z0-9_.-]{1,64}$/);
  if (!parsed) throw errors.targetArn("delivery stream", arn);
  checkOwner("delivery stream", arn, parsed, owner);
  return arn;
}

/** Checks the ARN of an IAM role. It is stored only: Mailglass can't assume roles as SES does. */
export function checkRoleArn(arn: string): string {
  const parsed = parseArn(arn, "iam", /^role\/[\w+=,.@/-]{1,576}$/);
  if (parsed?.region !== "") throw errors.targetArn("IAM role", arn);
  return arn;
}

/** Checks the ARN of a Pinpoint project. */
export function checkApplicationArn(arn: string | undefined): string {
  const parsed = arn === undefined ? undefined : parseArn(arn, "mobiletargeting", /^apps\/[A-Za-z0-9]{1,64}$/);
  if (arn === undefined || !parsed?.region) throw errors.pinpointArn(String(arn ?? null));
  return arn;
}

function checkOwner(resource: string, arn: string, parsed: Arn, { accountId, region }: TargetOwner): void {
  if (parsed.region !== region) throw errors.targetRegion(resource, arn, region);
  if (parsed.account !== accountId) throw errors.targetAccount(resource, arn, accountId);
}
