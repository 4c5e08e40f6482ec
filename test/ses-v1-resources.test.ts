/** Templates, configuration sets and templated mail of the SES API v1 with Debian's boto3 and the SDK; v2 shows the same. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import * as sdk from "@aws-sdk/client-ses";
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateEmailTemplateCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailTemplateCommand,
  GetMessageInsightsCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { boto3Missing } from "./support/missing-tools.ts";

let server: InProcessServer;
let v1: sdk.SESClient;

beforeAll(async () => {
  server = await startInProcess({
    environment: {
      MAILGLASS_IDENTITY_VERIFICATION: "off",
      MAILGLASS_RATE_LIMITS: "off",
      MAILGLASS_EXPORT_WORKERS: "0",
    },
  });
  const credentials = { accessKeyId: "any", secretAccessKey: "thing" };
  v1 = new sdk.SESClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  v1.destroy();
  await server.close();
});

/** Runs Python with boto3's client `ses`; resolves to what it prints. */
async function python(script: string): Promise<unknown> {
  const prelude = `import boto3, json
ses = boto3.client("ses", endpoint_url=${JSON.stringify(server.url)}, region_name="us-east-1",
    aws_access_key_id="any", aws_secret_access_key="thing")
def told(error, call, **given):
    try:
        call(**given)
    except error as refused:
        return refused.response["Error"]
    raise AssertionError("not refused")
`;
  const run = spawn("/usr/bin/python3", ["-c", prelude + script], {
    env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true" },
  });
  const [stdout, stderr] = await Promise.all([text(run.stdout), text(run.stderr)]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const insights = (MessageId: string) => server.client.send(new GetMessageInsightsCommand({ MessageId }));

it.skipIf(boto3Missing())("boto3 makes a template and sends it; v2 has both", async () => {
  const printed = await python(`
template = {"TemplateName": "of-boto3", "SubjectPart": "Grüße, {{name}}", "TextPart": "x", "HtmlPart": "<p>& {{name}}"}
ses.create_template(Template=template)
to = lambda address: {"ToAddresses": [address]}
sent = ses.send_templated_email(Source="shop@v1.example", Destination=to("success@simulator.amazonses.com"),
    Template="of-boto3", TemplateData='{"name":"Jörg"}', Tags=[{"Name": "campaign", "Value": "spring"}])
bulk = ses.send_bulk_templated_email(Source="shop@v1.example", Template="of-boto3", DefaultTemplateData='{"name":"you"}',
    Destinations=[{"Destination": to("a@v1.example")}, {"Destination": to("nobody")}])
print(json.dumps({
    "template": ses.get_template(TemplateName="of-boto3")["Template"],
    "listed": [one["Name"] for one in ses.list_templates(MaxItems=1)["TemplatesMetadata"]],
    "rendered": ses.test_render_template(TemplateName="of-boto3", TemplateData='{"name":"A"}')["RenderedTemplate"],
    "sent": sent["MessageId"],
    "bulk": bulk["Status"],
    "exists": told(ses.exceptions.AlreadyExistsException, ses.create_template, Template=template),
    "data": told(ses.exceptions.InvalidRenderingParameterException, ses.test_render_template,
        TemplateName="of-boto3", TemplateData="["),
    "attribute": told(ses.exceptions.MissingRenderingAttributeException, ses.test_render_template,
        TemplateName="of-boto3", TemplateData="{}"),
    "invalid": told(ses.exceptions.InvalidTemplateException, ses.update_template,
        Template={"TemplateName": "of-boto3", "TextPart": "{{"}),
}))
`);
  const { sent, bulk } = Object(printed);
  expect(printed).toMatchObject({
    template: { TemplateName: "of-boto3", SubjectPart: "Grüße, {{name}}", TextPart: "x", HtmlPart: "<p>& {{name}}" },
    listed: ["of-boto3"],
    rendered: expect.stringContaining("<p>& A"),
    bulk: [{ Status: "Success" }, { Status: "InvalidParameterValue", Error: "Missing final '@domain'" }],
    exists: { Code: "AlreadyExists", Name: "of-boto3" },
    data: { Code: "InvalidRenderingParameter", TemplateName: "of-boto3" },
    attribute: { Message: "Attribute 'name' is not present in the rendering data." },
    invalid: { Code: "InvalidTemplate", TemplateName: "of-boto3" },
  });
  const { TemplateContent } = await server.client.send(new GetEmailTemplateCommand({ TemplateName: "of-boto3" }));
  expect(TemplateContent).toEqual({ Subject: "Grüße, {{name}}", Text: "x", Html: "<p>& {{name}}" });
  expect(await insights(sent)).toMatchObject({
    Subject: "Grüße, Jörg",
    EmailTags: expect.arrayContaining([
      { Name: "campaign", Value: "spring" },
      { Name: "ses:operation", Value: "SendTemplatedEmail" },
    ]),
  });
  expect(await insights(bulk[0].MessageId)).toMatchObject({ Subject: "Grüße, you" });
});

it.skipIf(boto3Missing())("boto3 makes a configuration set; v2 has it", async () => {
  const arn = "arn:aws:firehose:us-east-1:000000000000:deliverystream/mail";
  const printed = await python(`
name = "of-boto3"
ses.create_configuration_set(ConfigurationSet={"Name": name})
ses.create_configuration_set_event_destination(ConfigurationSetName=name, EventDestination={
    "Name": "stream", "Enabled": True, "MatchingEventTypes": ["send", "renderingFailure", "deliveryDelay"],
    "KinesisFirehoseDestination": {"IAMRoleARN": "arn:aws:iam::000000000000:role/ses", "DeliveryStreamARN": "${arn}"}})
ses.create_configuration_set_tracking_options(ConfigurationSetName=name,
    TrackingOptions={"CustomRedirectDomain": "click.v1.example"})
ses.put_configuration_set_delivery_options(ConfigurationSetName=name, DeliveryOptions={"TlsPolicy": "Require"})
ses.update_configuration_set_sending_enabled(ConfigurationSetName=name, Enabled=False)
described = ses.describe_configuration_set(ConfigurationSetName=name, ConfigurationSetAttributeNames=[
    "eventDestinations", "trackingOptions", "deliveryOptions", "reputationOptions"])
del described["ResponseMetadata"]
letter = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
print(json.dumps({
    "described": described,
    "listed": ses.list_configuration_sets()["ConfigurationSets"],
    "tracked": told(ses.exceptions.TrackingOptionsAlreadyExistsException,
        ses.create_configuration_set_tracking_options, ConfigurationSetName=name,
        TrackingOptions={"CustomRedirectDomain": "click.v1.example"}),
    "topic": told(ses.exceptions.InvalidSNSDestinationException, ses.update_configuration_set_event_destination,
        ConfigurationSetName=name, EventDestination={"Name": "stream", "MatchingEventTypes": ["send"],
        "SNSDestination": {"TopicARN": "x"}}),
    "paused": told(ses.exceptions.ConfigurationSetSendingPausedException, ses.send_email, Source="a@v1.example",
        Destination={"ToAddresses": ["b@v1.example"]}, Message=letter, ConfigurationSetName=name),
    "rules": told(ses.exceptions.RuleSetDoesNotExistException, ses.describe_receipt_rule_set, RuleSetName="rules"),
}))
`);
  expect(printed).toEqual({
    described: {
      ConfigurationSet: { Name: "of-boto3" },
      EventDestinations: [
        {
          Name: "stream",
          Enabled: true,
          MatchingEventTypes: ["send", "renderingFailure", "deliveryDelay"],
          KinesisFirehoseDestination: { IAMRoleARN: "arn:aws:iam::000000000000:role/ses", DeliveryStreamARN: arn },
        },
      ],
      TrackingOptions: { CustomRedirectDomain: "click.v1.example" },
      DeliveryOptions: { TlsPolicy: "Require" },
      ReputationOptions: { SendingEnabled: false, ReputationMetricsEnabled: false },
    },
    listed: [{ Name: "of-boto3" }],
    tracked: expect.objectContaining({ Message: "Configuration set <of-boto3> already has tracking options." }),
    topic: expect.objectContaining({ Code: "InvalidSNSDestination", EventDestinationName: "stream" }),
    paused: expect.objectContaining({ ConfigurationSetName: "of-boto3" }),
    rules: expect.objectContaining({ Code: "RuleSetDoesNotExist", Name: "rules" }),
  });
  const named = { ConfigurationSetName: "of-boto3" };
  expect(await server.client.send(new GetConfigurationSetCommand(named))).toMatchObject({
    TrackingOptions: { CustomRedirectDomain: "click.v1.example" },
    DeliveryOptions: { TlsPolicy: "REQUIRE" },
    SendingOptions: { SendingEnabled: false },
    ReputationOptions: { ReputationMetricsEnabled: false },
  });
  const { EventDestinations } = await server.client.send(new GetConfigurationSetEventDestinationsCommand(named));
  expect(EventDestinations).toMatchObject([
    { Name: "stream", MatchingEventTypes: ["SEND", "RENDERING_FAILURE", "DELIVERY_DELAY"] },
  ]);
});

it("the SDK shows, changes and deletes what v2 made", async () => {
  const { client } = server;
  await client.send(new CreateEmailTemplateCommand({ TemplateName: "of-v2", TemplateContent: { Text: "a" } }));
  expect((await v1.send(new sdk.GetTemplateCommand({ TemplateName: "of-v2" }))).Template).toEqual({
    TemplateName: "of-v2",
    TextPart: "a",
  });
  await v1.send(new sdk.UpdateTemplateCommand({ Template: { TemplateName: "of-v2", HtmlPart: "b" } }));
  const { TemplateContent } = await client.send(new GetEmailTemplateCommand({ TemplateName: "of-v2" }));
  expect(TemplateContent).toEqual({ Html: "b" });
  for (let time = 1; time <= 2; time++) await v1.send(new sdk.DeleteTemplateCommand({ TemplateName: "of-v2" }));

  const ConfigurationSetName = "of-v2";
  await client.send(
    new CreateConfigurationSetCommand({ ConfigurationSetName, DeliveryOptions: { TlsPolicy: "OPTIONAL" } }),
  );
  const DimensionConfigurations = [
    { DimensionName: "a", DimensionValueSource: "LINK_TAG" as const, DefaultDimensionValue: "none" },
  ];
  await client.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName,
      EventDestinationName: "metrics",
      EventDestination: {
        MatchingEventTypes: ["DELIVERY_DELAY"],
        CloudWatchDestination: { DimensionConfigurations },
      },
    }),
  );
  const described = await v1.send(
    new sdk.DescribeConfigurationSetCommand({
      ConfigurationSetName,
      ConfigurationSetAttributeNames: ["eventDestinations", "deliveryOptions", "reputationOptions"],
    }),
  );
  expect(described).toMatchObject({
    EventDestinations: [
      {
        Name: "metrics",
        Enabled: false,
        MatchingEventTypes: ["deliveryDelay"],
        CloudWatchDestination: {
          DimensionConfigurations: [
            { DimensionName: "a", DimensionValueSource: "linkTag", DefaultDimensionValue: "none" },
          ],
        },
      },
    ],
    DeliveryOptions: { TlsPolicy: "Optional" },
    ReputationOptions: { SendingEnabled: true, ReputationMetricsEnabled: true },
  });
  await v1.send(
    new sdk.DeleteConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName: "metrics" }),
  );
  await v1.send(new sdk.DeleteConfigurationSetCommand({ ConfigurationSetName }));
  await expect(client.send(new GetConfigurationSetCommand({ ConfigurationSetName }))).rejects.toMatchObject({
    name: "NotFoundException",
  });
  const again = v1.send(new sdk.DeleteConfigurationSetCommand({ ConfigurationSetName }));
  await expect(again).rejects.toBeInstanceOf(sdk.ConfigurationSetDoesNotExistException);
});
