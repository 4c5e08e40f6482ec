/** What Terraform's AWS provider calls for its `aws_ses_…` resources, which use SES v1: create, read, update, destroy. */
import * as sdk from "@aws-sdk/client-ses";
import { expect } from "vitest";
import type { Input, OperationName, Output } from "../../src/contract/v1/types.ts";

type Call = { readonly [Name in OperationName]: readonly [Name, Input<Name>] }[OperationName];

/** A call, and its whole answer. */
type Read = { readonly [Name in OperationName]: readonly [Name, Input<Name>, Output<Name>] }[OperationName];

/** A resource of v1, as `Cycle` of provider-cycles.ts. */
export interface V1Cycle {
  readonly resource: string;
  readonly needs?: readonly Call[];
  readonly steps: readonly { readonly calls: readonly Call[]; readonly reads: readonly Read[] }[];
  readonly destroy: readonly Call[];
  /** What is read afterwards: v1 leaves out identities that do not exist. */
  readonly gone?: readonly Read[];
  /** Calls that must be refused afterwards with this code. */
  readonly refused?: readonly { readonly call: Call; readonly code: string }[];
}

const text: string = expect.any(String);
const domain = { Domain: "tf-v1.example" };
const names = { Identities: [domain.Domain] };
const ada = { EmailAddress: "ada@tf-v1-mail.example" };
const adas = { Identities: [ada.EmailAddress] };
const Identity = domain.Domain;
const verified = { [Identity]: { VerificationStatus: "Success", VerificationToken: text } };
const noDomain = [["GetIdentityVerificationAttributes", names, { VerificationAttributes: {} }]] as const;

const domainIdentity: V1Cycle = {
  resource: "aws_ses_domain_identity and …_domain_identity_verification",
  steps: [
    {
      calls: [["VerifyDomainIdentity", domain]],
      reads: [["GetIdentityVerificationAttributes", names, { VerificationAttributes: verified }]],
    },
  ],
  destroy: [["DeleteIdentity", { Identity }]],
  gone: noDomain,
};

const domainDkim: V1Cycle = {
  resource: "aws_ses_domain_dkim",
  needs: [["VerifyDomainIdentity", domain]],
  steps: [
    {
      calls: [["VerifyDomainDkim", domain]],
      reads: [
        [
          "GetIdentityDkimAttributes",
          names,
          {
            DkimAttributes: {
              [Identity]: { DkimEnabled: true, DkimVerificationStatus: "Success", DkimTokens: [text] },
            },
          },
        ],
      ],
    },
  ],
  destroy: [["DeleteIdentity", { Identity }]],
  gone: noDomain,
};

const mailFrom = (round: number): Read => [
  "GetIdentityMailFromDomainAttributes",
  names,
  {
    MailFromDomainAttributes: {
      [Identity]: {
        MailFromDomain: `bounce${round}.tf-v1.example`,
        MailFromDomainStatus: text,
        BehaviorOnMXFailure: "RejectMessage",
      },
    },
  },
];

const setMailFrom = (round: number): Call => [
  "SetIdentityMailFromDomain",
  { Identity, MailFromDomain: `bounce${round}.tf-v1.example`, BehaviorOnMXFailure: "RejectMessage" },
];

const domainMailFrom: V1Cycle = {
  resource: "aws_ses_domain_mail_from",
  needs: [["VerifyDomainIdentity", domain]],
  steps: [
    { calls: [setMailFrom(1)], reads: [mailFrom(1)] },
    { calls: [setMailFrom(2)], reads: [mailFrom(2)] },
  ],
  destroy: [
    ["SetIdentityMailFromDomain", { Identity }],
    ["DeleteIdentity", { Identity }],
  ],
  gone: noDomain,
};

const emailIdentity: V1Cycle = {
  resource: "aws_ses_email_identity",
  steps: [
    {
      calls: [["VerifyEmailIdentity", ada]],
      reads: [
        [
          "GetIdentityVerificationAttributes",
          adas,
          { VerificationAttributes: { [ada.EmailAddress]: { VerificationStatus: "Success" } } },
        ],
      ],
    },
  ],
  destroy: [["DeleteIdentity", { Identity: ada.EmailAddress }]],
  gone: [["GetIdentityVerificationAttributes", adas, { VerificationAttributes: {} }]],
};

const topicStep = (SnsTopic: string, headers: boolean): V1Cycle["steps"][number] => ({
  calls: [
    ["SetIdentityNotificationTopic", { Identity, NotificationType: "Bounce", SnsTopic }],
    ["SetIdentityHeadersInNotificationsEnabled", { Identity, NotificationType: "Bounce", Enabled: headers }],
  ],
  reads: [
    [
      "GetIdentityNotificationAttributes",
      names,
      {
        NotificationAttributes: {
          [Identity]: {
            BounceTopic: SnsTopic,
            ComplaintTopic: "",
            DeliveryTopic: "",
            ForwardingEnabled: true,
            HeadersInBounceNotificationsEnabled: headers,
            HeadersInComplaintNotificationsEnabled: false,
            HeadersInDeliveryNotificationsEnabled: false,
          },
        },
      },
    ],
  ],
});

const notificationTopic = ([first, second]: readonly [string, string]): V1Cycle => ({
  resource: "aws_ses_identity_notification_topic",
  needs: [["VerifyDomainIdentity", domain]],
  steps: [topicStep(first, true), topicStep(second, false)],
  destroy: [
    ["SetIdentityNotificationTopic", { Identity, NotificationType: "Bounce" }],
    ["DeleteIdentity", { Identity }],
  ],
  gone: noDomain,
});

const policyText = (round: number) =>
  JSON.stringify({
    Statement: [
      {
        Action: ["ses:SendEmail"],
        Effect: "Allow",
        Principal: { AWS: "000000000000" },
        Resource: `arn:aws:ses:us-east-1:000000000000:identity/${Identity}`,
        Sid: `round${round}`,
      },
    ],
    Version: "2012-10-17",
  });

const policyStep = (round: number): V1Cycle["steps"][number] => ({
  calls: [["PutIdentityPolicy", { Identity, PolicyName: "partner", Policy: policyText(round) }]],
  reads: [
    ["GetIdentityPolicies", { Identity, PolicyNames: ["partner"] }, { Policies: { partner: policyText(round) } }],
  ],
});

const identityPolicy: V1Cycle = {
  resource: "aws_ses_identity_policy",
  needs: [["VerifyDomainIdentity", domain]],
  steps: [policyStep(1), policyStep(2)],
  destroy: [
    ["DeleteIdentityPolicy", { Identity, PolicyName: "partner" }],
    ["DeleteIdentity", { Identity }],
  ],
  gone: noDomain,
};

const set = { ConfigurationSetName: "tf-v1-set" };
const links = (round: number) => ({ ...set, TrackingOptions: { CustomRedirectDomain: `links${round}.tf-v1.example` } });
const createSet: Call = ["CreateConfigurationSet", { ConfigurationSet: { Name: set.ConfigurationSetName } }];

const readSet = (TlsPolicy: "Require" | "Optional", on: boolean, round: number): Read => [
  "DescribeConfigurationSet",
  { ...set, ConfigurationSetAttributeNames: ["deliveryOptions", "reputationOptions", "trackingOptions"] },
  {
    ConfigurationSet: { Name: set.ConfigurationSetName },
    DeliveryOptions: { TlsPolicy },
    ReputationOptions: expect.objectContaining({ ReputationMetricsEnabled: on, SendingEnabled: on }),
    TrackingOptions: links(round).TrackingOptions,
  },
];

const configurationSet: V1Cycle = {
  resource: "aws_ses_configuration_set",
  steps: [
    {
      calls: [
        createSet,
        ["PutConfigurationSetDeliveryOptions", { ...set, DeliveryOptions: { TlsPolicy: "Require" } }],
        ["UpdateConfigurationSetReputationMetricsEnabled", { ...set, Enabled: true }],
        ["CreateConfigurationSetTrackingOptions", links(1)],
      ],
      reads: [readSet("Require", true, 1)],
    },
    {
      calls: [
        ["PutConfigurationSetDeliveryOptions", { ...set, DeliveryOptions: { TlsPolicy: "Optional" } }],
        ["UpdateConfigurationSetReputationMetricsEnabled", { ...set, Enabled: false }],
        ["UpdateConfigurationSetSendingEnabled", { ...set, Enabled: false }],
        ["UpdateConfigurationSetTrackingOptions", links(2)],
      ],
      reads: [readSet("Optional", false, 2)],
    },
  ],
  destroy: [["DeleteConfigurationSet", set]],
  refused: [{ call: ["DescribeConfigurationSet", set], code: "ConfigurationSetDoesNotExistException" }],
};

const readDestination = (EventDestination: sdk.EventDestination): Read => [
  "DescribeConfigurationSet",
  { ...set, ConfigurationSetAttributeNames: ["eventDestinations"] },
  { ConfigurationSet: { Name: set.ConfigurationSetName }, EventDestinations: [EventDestination] },
];

const destinationStep = (EventDestination: sdk.EventDestination, before: readonly Call[] = []) => ({
  calls: [...before, ["CreateConfigurationSetEventDestination", { ...set, EventDestination }] satisfies Call],
  reads: [readDestination(EventDestination)],
});

/** The provider replaces a destination that changes. */
const eventDestination = (TopicARN: string): V1Cycle => {
  const removal = (EventDestinationName: string): Call => [
    "DeleteConfigurationSetEventDestination",
    { ...set, EventDestinationName },
  ];
  const sns = { Name: "sns", Enabled: true, SNSDestination: { TopicARN } };
  const DimensionConfigurations = [
    { DimensionName: "campaign", DefaultDimensionValue: "default", DimensionValueSource: "messageTag" as const },
  ];
  const cloudWatch = { Name: "cloudwatch", Enabled: true, CloudWatchDestination: { DimensionConfigurations } };
  return {
    resource: "aws_ses_event_destination",
    needs: [createSet],
    steps: [
      destinationStep({ ...sns, MatchingEventTypes: ["send", "bounce"] }),
      destinationStep({ ...sns, MatchingEventTypes: ["complaint"] }, [removal("sns")]),
      destinationStep({ ...cloudWatch, MatchingEventTypes: ["open"] }, [removal("sns")]),
    ],
    destroy: [removal("cloudwatch"), ["DeleteConfigurationSet", set]],
    refused: [{ call: ["DescribeConfigurationSet", set], code: "ConfigurationSetDoesNotExistException" }],
  };
};

const Template = (round: number) => ({
  TemplateName: "tf-v1-template",
  SubjectPart: `Hello {{name}} ${round}`,
  HtmlPart: "<p>Hi</p>",
  TextPart: "Hi",
});

const readTemplate = (round: number): Read => [
  "GetTemplate",
  { TemplateName: "tf-v1-template" },
  { Template: Template(round) },
];

const template: V1Cycle = {
  resource: "aws_ses_template",
  steps: [
    { calls: [["CreateTemplate", { Template: Template(1) }]], reads: [readTemplate(1)] },
    { calls: [["UpdateTemplate", { Template: Template(2) }]], reads: [readTemplate(2)] },
  ],
  destroy: [["DeleteTemplate", { TemplateName: "tf-v1-template" }]],
  refused: [{ call: ["GetTemplate", { TemplateName: "tf-v1-template" }], code: "TemplateDoesNotExistException" }],
};

/** The cycles; `topics` are two topics that exist. */
export const terraformV1Cycles = (topics: readonly [string, string]): V1Cycle[] => [
  domainIdentity,
  domainDkim,
  domainMailFrom,
  emailIdentity,
  notificationTopic(topics),
  identityPolicy,
  configurationSet,
  eventDestination(topics[0]),
  template,
];

const commands = new Map<string, unknown>(Object.entries(sdk));

async function answerOf(client: sdk.SESClient, name: OperationName, input: object): Promise<object> {
  const Command = commands.get(`${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no command for ${name}`);
  const command: Parameters<sdk.SESClient["send"]>[0] = Reflect.construct(Command, [input]);
  const { $metadata, ...answer } = await client.send(command);
  return answer;
}

async function readBack(client: sdk.SESClient, reads: readonly Read[]): Promise<void> {
  for (const [name, input, expected] of reads) {
    expect(await answerOf(client, name, input), name).toEqual(expected);
  }
}

/** Goes through the cycle as Terraform does: what it set, it must read back, also when it looks again to plan. */
export async function runV1Cycle(client: sdk.SESClient, cycle: V1Cycle): Promise<void> {
  const { needs = [], steps, destroy, gone = [], refused = [] } = cycle;
  for (const [name, input] of needs) await answerOf(client, name, input);
  for (const { calls, reads } of steps) {
    for (const [name, input] of calls) await answerOf(client, name, input);
    await readBack(client, reads);
    await readBack(client, reads);
  }
  for (const [name, input] of destroy) await answerOf(client, name, input);
  await readBack(client, gone);
  for (const { call, code } of refused) {
    const [name, input] = call;
    await expect(answerOf(client, name, input), code).rejects.toMatchObject({ name: code });
  }
}
