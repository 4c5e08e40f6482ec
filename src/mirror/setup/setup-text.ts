/** Renders a setup, and notes on how to use it. */
import { cliScript, needsSecret } from "./cli-script.ts";
import { cloudFormationTemplate } from "./cloudformation-template.ts";
import type { SetupFormat } from "./setup-input.ts";
import { arnsOf, bucketFolders, namesOf, queueUrlOf, type SetupPlan } from "./setup-plan.ts";
import { terraformConfiguration } from "./terraform-configuration.ts";

export function setupText(plan: SetupPlan, format: SetupFormat): string {
  switch (format) {
    case "cli":
      return cliScript(plan);
    case "cloudformation":
      return cloudFormationTemplate(plan);
    case "terraform":
      return terraformConfiguration(plan);
  }
}

/** The settings of the source that fetches from what the setup creates; undefined for kinds whose source must exist first. */
export function settingsOfSetup(plan: SetupPlan) {
  const { kind, region, bucket } = plan;
  if (kind === "sqs") return { queueUrl: queueUrlOf(plan), region, topicArns: [arnsOf(plan).topic] };
  return kind === "s3" ? { bucket, prefix: bucketFolders.events, region, follow: true } : undefined;
}

/**
 * Sentences for people, the most important first.
 * @param hasSource whether the source exists already
 */
export function setupNotes(plan: SetupPlan, format: SetupFormat, hasSource = false): string[] {
  const { configurationSet } = plan;
  return [
    `SES publishes no events for mail without the configuration set: each call that sends must name ${configurationSet}, or each identity must have it as its default (aws sesv2 put-email-identity-configuration-set-attributes --email-identity IDENTITY --configuration-set-name ${configurationSet}).`,
    ...runNotes(plan, format),
    ...kindNotes(plan),
    ...(hasSource ? [] : nextNotes(plan)),
  ];
}

function runNotes(plan: SetupPlan, format: SetupFormat): string[] {
  const { configurationSet } = plan;
  const secret = needsSecret(plan);
  switch (format) {
    case "cli":
      return secret ? ["The script reads the secret of the source from the variable MIRROR_SECRET."] : [];
    case "cloudformation":
      return [
        `The configuration set ${configurationSet} must exist. Create the stack with --capabilities CAPABILITY_NAMED_IAM${secret ? " and the source's secret as the parameter MirrorSecret" : ""}.`,
      ];
    case "terraform":
      return [
        `The configuration set ${configurationSet} must exist, and the provider's region must be ${plan.region}.${secret ? " The variable mirror_secret is the source's secret." : ""}`,
      ];
  }
}

function kindNotes(plan: SetupPlan): string[] {
  const { topic } = arnsOf(plan);
  const attach = `Attach the policy ${namesOf(plan).mirrorPolicy} to the role or user whose credentials Mailglass uses.`;
  const encrypted =
    "To encrypt the topic, use your own key with a policy that allows ses.amazonaws.com kms:GenerateDataKey and kms:Decrypt: SES can't publish with the key alias/aws/sns.";
  switch (plan.kind) {
    case "sqs":
      return [
        attach,
        `${encrypted} An encrypted queue needs the same for sns.amazonaws.com, and Mailglass needs kms:Decrypt.`,
      ];
    case "sns":
      return [
        encrypted,
        `The source must accept the topic ${topic}.`,
        `Messages that SNS can't deliver go to the queue ${namesOf(plan).deadLetters}: a source of the kind sqs can fetch them.`,
      ];
    case "firehose":
      return [
        `Records that can't be delivered to the mirror go to s3://${plan.bucket}/${bucketFolders.failed}: a source of the kind s3 can read them.`,
      ];
    case "s3":
      return [attach];
    case "eventbridge":
      return [`Events that EventBridge can't deliver go to the queue ${namesOf(plan).deadLetters}.`];
  }
}

function nextNotes(plan: SetupPlan): string[] {
  switch (plan.kind) {
    case "sqs":
      return [
        `Then: mailglass mirror add sqs --name NAME --queue-url ${queueUrlOf(plan)} --topic ${arnsOf(plan).topic}`,
      ];
    case "s3":
      return [
        `Then: mailglass mirror add s3 --name NAME --bucket ${plan.bucket} --bucket-region ${plan.region} --prefix ${bucketFolders.events} --account ${plan.account}`,
      ];
    default:
      return [];
  }
}
