/**
 * What CloudFormation's handlers call for AWS::SES resources, and so CDK. They are not public: the calls follow the
 * permissions in the resources' schemas. An update puts every group of properties that the template has, and sends
 * booleans that are false.
 */
import { expect } from "vitest";
import { arnOf, type Cycle, tagsOf } from "./provider-cycles.ts";

const set = { ConfigurationSetName: "cfn-set" };
const setArn = { ResourceArn: arnOf("configuration-set/cfn-set") };
const identity = { EmailIdentity: "cfn.example.com" };
const identityArn = { ResourceArn: arnOf("identity/cfn.example.com") };
const template = { TemplateName: "cfn-template" };
const templateArn = { ResourceArn: arnOf("template/cfn-template") };
/** CloudFormation tags what belongs to a stack; `aws:` tags are its own affair. */
const tags = tagsOf({ stack: "mail" });
const text: string = expect.any(String);
const time: Date = expect.any(Date);

const configurationSet: Cycle = {
  resource: "AWS::SES::ConfigurationSet",
  steps: [
    {
      calls: [
        ["CreateConfigurationSet", { ...set, ReputationOptions: { ReputationMetricsEnabled: false }, Tags: tags }],
      ],
      reads: [
        [
          "GetConfigurationSet",
          set,
          {
            ...set,
            ReputationOptions: { ReputationMetricsEnabled: false },
            SendingOptions: { SendingEnabled: true },
            Tags: tags,
          },
        ],
        ["ListTagsForResource", setArn, { Tags: tags }],
      ],
    },
    {
      calls: [
        ["PutConfigurationSetTrackingOptions", { ...set, CustomRedirectDomain: "click.example.com" }],
        ["PutConfigurationSetDeliveryOptions", { ...set, TlsPolicy: "REQUIRE" }],
        ["PutConfigurationSetReputationOptions", { ...set, ReputationMetricsEnabled: true }],
        ["PutConfigurationSetSendingOptions", { ...set, SendingEnabled: false }],
        ["PutConfigurationSetSuppressionOptions", { ...set, SuppressedReasons: [] }],
        [
          "PutConfigurationSetVdmOptions",
          { ...set, VdmOptions: { DashboardOptions: { EngagementMetrics: "ENABLED" } } },
        ],
      ],
      reads: [
        [
          "GetConfigurationSet",
          set,
          {
            ...set,
            TrackingOptions: { CustomRedirectDomain: "click.example.com" },
            DeliveryOptions: { TlsPolicy: "REQUIRE" },
            ReputationOptions: { ReputationMetricsEnabled: true },
            SendingOptions: { SendingEnabled: false },
            SuppressionOptions: { SuppressedReasons: [] },
            VdmOptions: { DashboardOptions: { EngagementMetrics: "ENABLED" } },
            Tags: tags,
          },
        ],
      ],
    },
  ],
  destroy: [["DeleteConfigurationSet", set]],
  gone: [["GetConfigurationSet", set]],
};

const emailIdentity: Cycle = {
  resource: "AWS::SES::EmailIdentity",
  steps: [
    {
      calls: [
        ["CreateEmailIdentity", { ...identity, Tags: tags }],
        ["PutEmailIdentityDkimAttributes", { ...identity, SigningEnabled: false }],
        [
          "PutEmailIdentityMailFromAttributes",
          { ...identity, MailFromDomain: "bounce.cfn.example.com", BehaviorOnMxFailure: "USE_DEFAULT_VALUE" },
        ],
        ["PutEmailIdentityFeedbackAttributes", { ...identity, EmailForwardingEnabled: false }],
      ],
      reads: [
        [
          "GetEmailIdentity",
          identity,
          {
            IdentityType: "DOMAIN",
            FeedbackForwardingStatus: false,
            VerifiedForSendingStatus: true,
            VerificationStatus: "SUCCESS",
            VerificationInfo: {},
            DkimAttributes: {
              SigningEnabled: false,
              Status: "SUCCESS",
              Tokens: [text],
              SigningAttributesOrigin: "AWS_SES",
              CurrentSigningKeyLength: "RSA_2048_BIT",
              NextSigningKeyLength: "RSA_2048_BIT",
              LastKeyGenerationTimestamp: time,
            },
            MailFromAttributes: {
              MailFromDomain: "bounce.cfn.example.com",
              MailFromDomainStatus: "SUCCESS",
              BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
            },
            Policies: {},
            Tags: tags,
          },
        ],
        ["ListTagsForResource", identityArn, { Tags: tags }],
      ],
    },
  ],
  destroy: [["DeleteEmailIdentity", identity]],
  gone: [
    ["GetEmailIdentity", identity],
    ["ListTagsForResource", identityArn],
  ],
};

const emailTemplate: Cycle = {
  resource: "AWS::SES::Template",
  steps: [
    {
      calls: [
        [
          "CreateEmailTemplate",
          { ...template, TemplateContent: { Subject: "Hi {{name}}", Html: "<p>{{name}}" }, Tags: tags },
        ],
      ],
      reads: [
        [
          "GetEmailTemplate",
          template,
          { ...template, TemplateContent: { Subject: "Hi {{name}}", Html: "<p>{{name}}" }, Tags: tags },
        ],
        ["ListTagsForResource", templateArn, { Tags: tags }],
      ],
    },
    {
      calls: [
        ["UpdateEmailTemplate", { ...template, TemplateContent: { Subject: "Hi", Text: "{{name}}" } }],
        ["TagResource", { ...templateArn, Tags: tagsOf({ stack: "other" }) }],
      ],
      reads: [
        [
          "GetEmailTemplate",
          template,
          { ...template, TemplateContent: { Subject: "Hi", Text: "{{name}}" }, Tags: tagsOf({ stack: "other" }) },
        ],
        ["ListTagsForResource", templateArn, { Tags: tagsOf({ stack: "other" }) }],
      ],
    },
  ],
  destroy: [["DeleteEmailTemplate", template]],
  gone: [
    ["GetEmailTemplate", template],
    ["ListTagsForResource", templateArn],
    ["DeleteEmailTemplate", template],
  ],
};

export const cloudFormationCycles: readonly Cycle[] = [configurationSet, emailIdentity, emailTemplate];
