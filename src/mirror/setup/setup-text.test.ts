import { describe, expect, it } from "vitest";
import type { SourceKind } from "../source-settings.ts";
import { readSetup, setupFormats, setupKinds } from "./setup-input.ts";
import { setupOfSource } from "./setup-of-source.ts";
import { arnsOf } from "./setup-plan.ts";
import { setupNotes, setupText } from "./setup-text.ts";

const given = { account: "111122223333", region: "eu-west-1", configurationSet: "main" };
const url = "https://mail.example.com/mirror/7f1c2f4e-0000-4000-8000-000000000001";
const planOf = (kind: SourceKind, more = {}) => readSetup({ kind, ...given, url, ...more }).plan;

/** CloudFormation's resource types, spelled as in its documentation. */
const topicTypes = ["AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SNS::Subscription"];
const destination = "AWS::SES::ConfigurationSetEventDestination";
const streamTypes = ["AWS::S3::Bucket", "AWS::IAM::Role", "AWS::KinesisFirehose::DeliveryStream", "AWS::IAM::Role"];
const queueTypes = ["AWS::SQS::Queue", "AWS::SQS::QueuePolicy"];
const cloudFormationTypes: Record<SourceKind, string[]> = {
  sqs: [...topicTypes, ...queueTypes, "AWS::SQS::Queue", destination, "AWS::IAM::ManagedPolicy"],
  sns: [...topicTypes, ...queueTypes, destination],
  firehose: [...streamTypes, destination],
  s3: [...streamTypes, destination, "AWS::IAM::ManagedPolicy"],
  eventbridge: [
    ...["AWS::Events::Connection", "AWS::Events::ApiDestination", "AWS::Events::Rule"],
    ...["AWS::IAM::Role", ...queueTypes, destination],
  ],
};
const v1Types = ["bounce", "click", "complaint", "delivery", "deliveryDelay", "open", "reject", "renderingFailure"];

describe.each(setupKinds)("a setup of %s", (kind) => {
  it("is a CloudFormation template with all resources and valid references", () => {
    const template: unknown = JSON.parse(setupText(planOf(kind), "cloudformation"));
    const { Resources } = Object(template);
    const types = Object.values(Resources).map((resource) => Object(resource).Type);
    expect(types.sort()).toEqual(cloudFormationTypes[kind].sort());
    const text = JSON.stringify(template);
    const names = [...Object.keys(Resources), ...Object.keys(Object(template).Parameters ?? {})];
    const referred = [...text.matchAll(/"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)].map(([, name]) => name);
    for (const name of referred) expect(names).toContain(name);
    const { EventDestination } = Resources.EventDestination.Properties;
    expect([...EventDestination.MatchingEventTypes].sort()).toEqual([...v1Types, "send", "subscription"].sort());
    // The topic's policy must exist before SES checks that it may publish.
    if (kind === "sqs" || kind === "sns") expect(Resources.EventDestination.DependsOn).toBe("TopicPolicy");
  });

  it("is a Terraform configuration with balanced brackets and valid references", () => {
    const text = setupText(planOf(kind), "terraform");
    const withoutTexts = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    const open: string[] = [];
    for (const [bracket] of withoutTexts.matchAll(/[()[\]{}]/g)) {
      if ("([{".includes(bracket)) open.push(bracket);
      else expect(`${open.pop()}${bracket}`).toMatch(/^(\(\)|\[\]|\{\})$/);
    }
    expect(open).toEqual([]);
    const resources = [...text.matchAll(/^resource "(\w+)" "(\w+)" \{$/gm)].map(([, type, name]) => `${type}.${name}`);
    expect(new Set(resources).size).toBe(resources.length);
    for (const [, address] of withoutTexts.matchAll(/\b(aws_\w+\.\w+)/g)) expect(resources).toContain(address);
    expect(
      text.match(/"(SEND|REJECT|BOUNCE|COMPLAINT|DELIVERY|OPEN|CLICK|RENDERING_FAILURE|DELIVERY_DELAY|SUBSCRIPTION)"/g),
    ).toHaveLength(10);
  });

  it("is a script with valid JSON", () => {
    const text = setupText(planOf(kind), "cli");
    const quoted = [
      ...text
        .replaceAll(`'"$MIRROR_SECRET"'`, "x")
        .replaceAll(`'"$DESTINATION_ARN"'`, "y")
        .matchAll(/'([^']*)'/g),
    ];
    expect(quoted.length).toBeGreaterThan(1);
    for (const [, json = ""] of quoted) expect(JSON.parse(json)).toBeTypeOf("object");
    expect(text).toMatch(/aws sesv2 create-configuration-set-event-destination/);
  });

  it("has the same policies in each format", () => {
    const plan = planOf(kind);
    for (const format of setupFormats) {
      const text = setupText(plan, format).replaceAll("\\", "").replaceAll(/\s/g, "");
      expect(text).toContain(
        `"AWS:SourceArn":"${arnsOf(plan).configurationSet}"`.replace(/^.*$/, (match) =>
          kind === "eventbridge" ? "events:InvokeApiDestination" : match,
        ),
      );
      expect(text.includes('"sqs:ChangeMessageVisibility"')).toBe(kind === "sqs");
      expect(text.includes('"s3:prefix"')).toBe(kind === "s3");
    }
  });

  it("notes the configuration set first", () => {
    for (const format of setupFormats) {
      expect(setupNotes(planOf(kind), format)[0]).toMatch(/each call that sends must name main, or each identity/);
    }
  });
});

it("has a placeholder instead of the secret", () => {
  for (const kind of ["firehose", "eventbridge"] as const) {
    expect(setupText(planOf(kind), "cli")).toContain('"$MIRROR_SECRET"');
    expect(setupText(planOf(kind), "cloudformation")).toContain('"Ref": "MirrorSecret"');
    expect(setupText(planOf(kind), "terraform")).toMatch(/(access_key|value) = var\.mirror_secret/);
  }
});

it("uses the source's authorization", () => {
  const basic = planOf("eventbridge", { authorization: "basic", authorizationName: "ses" });
  expect(setupText(basic, "cli")).toContain('{"BasicAuthParameters":{"Username":"ses","Password":"');
  expect(setupText(planOf("eventbridge"), "cli")).toContain('{"ApiKeyAuthParameters":{"ApiKeyName":"x-mailglass-key"');
});

it("uses the partition of its region", () => {
  expect(setupText(planOf("sqs", { region: "cn-north-1" }), "cli")).toContain("arn:aws-cn:sqs:cn-north-1:");
  expect(setupNotes(planOf("sqs", { region: "cn-north-1" }), "cli").join()).toContain("cn-north-1.amazonaws.com.cn/");
  expect(setupText(planOf("s3", { region: "us-east-1" }), "cli")).not.toContain("LocationConstraint");
  expect(setupText(planOf("s3"), "cli")).toContain('{"LocationConstraint":"eu-west-1"}');
});

it.each([
  [{ ...given, account: "1" }, "account"],
  [{ ...given, region: "eu-west-1; rm -r" }, "region"],
  [{ ...given, configurationSet: "a'b" }, "configurationSet"],
  [{ ...given, configurationSet: undefined }, "configurationSet"],
  [{ ...given, name: "$(id)" }, "name"],
  [{ ...given, name: "-a" }, "name"],
  [{ ...given, kind: "kafka" }, "kind"],
  [{ ...given, format: "pulumi" }, "format"],
  [{ ...given, bucket: "s3://b" }, "bucket"],
  [{ ...given, kind: "s3", name: "a".repeat(50) }, "bucket"],
  [{ ...given, kind: "sns" }, "create the source first"],
  [{ ...given, kind: "sns", url: "https://a.example/'" }, "url"],
  [{ ...given, kind: "firehose", url: "http://a.example/mirror/1" }, "https:// only"],
  [{ ...given, kind: "eventbridge", url, authorizationName: "a'b" }, "authorizationName"],
  [{ ...given, more: "x" }, "more"],
])("%j is refused for its %s", (input, told) => {
  expect(() => readSetup(input)).toThrow(told);
});

it("derives its parameters from a source", () => {
  const common = { accounts: ["111122223333", "444455556666"], region: "eu-west-1" };
  const topicArns = ["arn:aws:sns:eu-west-1:111122223333:orders"];
  expect(setupOfSource({ ...common, url, settings: { kind: "sns", topicArns, raw: false } })).toEqual({
    ...{ kind: "sns", account: "111122223333", region: "eu-west-1", url, name: "orders" },
  });
  const queueUrl = "https://sqs.eu-west-1.amazonaws.com/111122223333/from-ses";
  expect(setupOfSource({ ...common, settings: { kind: "sqs", queueUrl, region: "eu-west-1", topicArns: [] } })).toEqual(
    {
      ...{ kind: "sqs", account: "111122223333", region: "eu-west-1", name: "from-ses" },
    },
  );
  const eventbridge = { kind: "eventbridge", authorization: "basic", name: "ses" } as const;
  expect(setupOfSource({ ...common, url, settings: eventbridge })).toMatchObject({
    ...{ authorization: "basic", authorizationName: "ses" },
  });
});
