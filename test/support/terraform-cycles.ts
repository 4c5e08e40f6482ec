/**
 * What Terraform's AWS provider calls for each of its sesv2 resources (internal/service/sesv2 of
 * hashicorp/terraform-provider-aws), and so Pulumi, which is built on it. The SDK for Go leaves out booleans that are
 * false. After each creation, update and refresh the provider lists the tags.
 */
import type { EventDestinationDefinition } from "@aws-sdk/client-sesv2";
import { arnOf, type Cycle, tagsOf } from "./provider-cycles.ts";
import { terraformAccountCycles } from "./terraform-account-cycles.ts";
import { terraformDedicatedIpCycles } from "./terraform-dedicated-ip-cycles.ts";
import { terraformIdentityCycles } from "./terraform-identity-cycles.ts";

const set = { ConfigurationSetName: "tf-set" };
const setArn = { ResourceArn: arnOf("configuration-set/tf-set") };

const configurationSet: Cycle = {
  resource: "aws_sesv2_configuration_set",
  steps: [
    {
      calls: [
        [
          "CreateConfigurationSet",
          {
            ...set,
            DeliveryOptions: { MaxDeliverySeconds: 300, TlsPolicy: "REQUIRE" },
            ReputationOptions: {},
            SendingOptions: {},
            SuppressionOptions: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
            TrackingOptions: { CustomRedirectDomain: "click.example.com", HttpsPolicy: "REQUIRE" },
            VdmOptions: {
              DashboardOptions: { EngagementMetrics: "ENABLED" },
              GuardianOptions: { OptimizedSharedDelivery: "ENABLED" },
            },
            Tags: tagsOf({ env: "dev", gone: "" }),
          },
        ],
      ],
      reads: [
        [
          "GetConfigurationSet",
          set,
          {
            ...set,
            DeliveryOptions: { MaxDeliverySeconds: 300, TlsPolicy: "REQUIRE" },
            ReputationOptions: { ReputationMetricsEnabled: false },
            SendingOptions: { SendingEnabled: false },
            SuppressionOptions: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
            TrackingOptions: { CustomRedirectDomain: "click.example.com", HttpsPolicy: "REQUIRE" },
            VdmOptions: {
              DashboardOptions: { EngagementMetrics: "ENABLED" },
              GuardianOptions: { OptimizedSharedDelivery: "ENABLED" },
            },
            Tags: tagsOf({ env: "dev", gone: "" }),
          },
        ],
        ["ListTagsForResource", setArn, { Tags: tagsOf({ env: "dev", gone: "" }) }],
      ],
    },
    {
      calls: [
        ["PutConfigurationSetReputationOptions", { ...set, ReputationMetricsEnabled: true }],
        ["PutConfigurationSetSendingOptions", { ...set, SendingEnabled: true }],
        [
          "PutConfigurationSetVdmOptions",
          { ...set, VdmOptions: { DashboardOptions: { EngagementMetrics: "DISABLED" } } },
        ],
        ["UntagResource", { ...setArn, TagKeys: ["gone"] }],
        ["TagResource", { ...setArn, Tags: tagsOf({ env: "prod", "new key": "a@b=c+d" }) }],
      ],
      reads: [
        [
          "GetConfigurationSet",
          set,
          {
            ...set,
            DeliveryOptions: { MaxDeliverySeconds: 300, TlsPolicy: "REQUIRE" },
            ReputationOptions: { ReputationMetricsEnabled: true },
            SendingOptions: { SendingEnabled: true },
            SuppressionOptions: { SuppressedReasons: ["BOUNCE", "COMPLAINT"] },
            TrackingOptions: { CustomRedirectDomain: "click.example.com", HttpsPolicy: "REQUIRE" },
            VdmOptions: { DashboardOptions: { EngagementMetrics: "DISABLED" } },
            Tags: tagsOf({ env: "prod", "new key": "a@b=c+d" }),
          },
        ],
        ["ListTagsForResource", setArn, { Tags: tagsOf({ env: "prod", "new key": "a@b=c+d" }) }],
      ],
    },
    {
      // Blocks that are removed are put without options, and must read back absent.
      calls: [
        ["PutConfigurationSetDeliveryOptions", set],
        ["PutConfigurationSetReputationOptions", set],
        ["PutConfigurationSetSuppressionOptions", set],
        ["PutConfigurationSetTrackingOptions", set],
        ["PutConfigurationSetVdmOptions", set],
        ["UntagResource", { ...setArn, TagKeys: ["env", "new key"] }],
      ],
      reads: [
        [
          "GetConfigurationSet",
          set,
          {
            ...set,
            ReputationOptions: { ReputationMetricsEnabled: false },
            SendingOptions: { SendingEnabled: true },
            Tags: [],
          },
        ],
        ["ListTagsForResource", setArn, { Tags: [] }],
      ],
    },
  ],
  destroy: [["DeleteConfigurationSet", set]],
  gone: [
    ["GetConfigurationSet", set],
    ["ListTagsForResource", setArn],
    ["DeleteConfigurationSet", set],
  ],
};

/** One destination, created disabled and then enabled for other events, in their order. */
const eventDestination = (
  name: string,
  target: EventDestinationDefinition,
  other: EventDestinationDefinition = target,
): Cycle => {
  const of = { ConfigurationSetName: `tf-${name}` };
  const named = { ...of, EventDestinationName: name };
  return {
    resource: `aws_sesv2_configuration_set_event_destination ${name}`,
    needs: [["CreateConfigurationSet", of]],
    steps: [
      {
        calls: [
          [
            "CreateConfigurationSetEventDestination",
            {
              ...named,
              EventDestination: { MatchingEventTypes: ["DELIVERY", "BOUNCE", "SEND"], ...target },
            },
          ],
        ],
        reads: [
          [
            "GetConfigurationSetEventDestinations",
            of,
            {
              EventDestinations: [
                { Name: name, Enabled: false, MatchingEventTypes: ["DELIVERY", "BOUNCE", "SEND"], ...target },
              ],
            },
          ],
        ],
      },
      {
        calls: [
          [
            "UpdateConfigurationSetEventDestination",
            {
              ...named,
              EventDestination: { Enabled: true, MatchingEventTypes: ["REJECT", "CLICK"], ...other },
            },
          ],
        ],
        reads: [
          [
            "GetConfigurationSetEventDestinations",
            of,
            { EventDestinations: [{ Name: name, Enabled: true, MatchingEventTypes: ["REJECT", "CLICK"], ...other }] },
          ],
        ],
      },
    ],
    destroy: [["DeleteConfigurationSetEventDestination", named]],
    gone: [["DeleteConfigurationSetEventDestination", named]],
    reset: [["GetConfigurationSetEventDestinations", of, { EventDestinations: [] }]],
  };
};

/** `topics` are two topics of SNS that exist. */
export const terraformCycles = (topics: readonly [string, string]): Cycle[] => [
  configurationSet,
  eventDestination("sns", { SnsDestination: { TopicArn: topics[0] } }, { SnsDestination: { TopicArn: topics[1] } }),
  eventDestination("cloudwatch", {
    CloudWatchDestination: {
      DimensionConfigurations: [
        { DimensionName: "campaign", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "none" },
        { DimensionName: "link", DimensionValueSource: "LINK_TAG", DefaultDimensionValue: "none" },
      ],
    },
  }),
  eventDestination("firehose", {
    KinesisFirehoseDestination: {
      DeliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/mail",
      IamRoleArn: "arn:aws:iam::000000000000:role/mail",
    },
  }),
  eventDestination("eventbridge", {
    EventBridgeDestination: { EventBusArn: "arn:aws:events:us-east-1:000000000000:event-bus/default" },
  }),
  ...terraformIdentityCycles,
  ...terraformAccountCycles,
  ...terraformDedicatedIpCycles,
];
