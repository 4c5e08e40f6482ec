/** What Terraform's AWS provider calls for email identities and their attributes. */
import { generateKeyPairSync } from "node:crypto";
import type { GetEmailIdentityResponse } from "@aws-sdk/client-sesv2";
import { expect } from "vitest";
import { arnOf, type Cycle, tagsOf } from "./provider-cycles.ts";

const time: Date = expect.any(Date);
const text: string = expect.any(String);

/** What is read of an identity without attributes, and what differs. */
const identity = (differs: GetEmailIdentityResponse): GetEmailIdentityResponse => ({
  FeedbackForwardingStatus: true,
  VerifiedForSendingStatus: true,
  VerificationStatus: "SUCCESS",
  VerificationInfo: {},
  MailFromAttributes: {
    BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
    MailFromDomain: undefined,
    MailFromDomainStatus: undefined,
  },
  Policies: {},
  Tags: [],
  ...differs,
});

const domain = (keyLength: "RSA_1024_BIT" | "RSA_2048_BIT", differs: GetEmailIdentityResponse) =>
  identity({
    IdentityType: "DOMAIN",
    DkimAttributes: {
      SigningEnabled: true,
      Status: "SUCCESS",
      Tokens: [text],
      SigningAttributesOrigin: "AWS_SES",
      CurrentSigningKeyLength: keyLength,
      NextSigningKeyLength: keyLength,
      LastKeyGenerationTimestamp: time,
    },
    ...differs,
  });

const ownKey = (selector: string, differs: GetEmailIdentityResponse) =>
  identity({
    IdentityType: "DOMAIN",
    DkimAttributes: {
      SigningEnabled: true,
      Status: "SUCCESS",
      Tokens: [selector],
      SigningAttributesOrigin: "EXTERNAL",
    },
    ...differs,
  });

const tf = { EmailIdentity: "tf.example.com" };
const tfArn = { ResourceArn: arnOf("identity/tf.example.com") };
const own = { EmailIdentity: "own.example.com" };
const ada = { EmailIdentity: "ada+news@Example.ORG" };
const adaArn = { ResourceArn: arnOf("identity/ada+news@Example.ORG") };
const set = { ConfigurationSetName: "tf-default" };

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const DomainSigningPrivateKey = privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");

const easyDkim: Cycle = {
  resource: "aws_sesv2_email_identity of a domain",
  needs: [["CreateConfigurationSet", set]],
  steps: [
    {
      calls: [
        [
          "CreateEmailIdentity",
          {
            ...tf,
            ...set,
            DkimSigningAttributes: { NextSigningKeyLength: "RSA_1024_BIT" },
            Tags: tagsOf({ who: "a" }),
          },
        ],
      ],
      reads: [
        ["GetEmailIdentity", tf, domain("RSA_1024_BIT", { ...set, Tags: tagsOf({ who: "a" }) })],
        ["ListTagsForResource", tfArn, { Tags: tagsOf({ who: "a" }) }],
      ],
    },
    {
      calls: [
        ["PutEmailIdentityConfigurationSetAttributes", tf],
        [
          "PutEmailIdentityDkimSigningAttributes",
          {
            ...tf,
            SigningAttributesOrigin: "AWS_SES",
            SigningAttributes: { NextSigningKeyLength: "RSA_2048_BIT" },
          },
        ],
        ["TagResource", { ...tfArn, Tags: tagsOf({ who: "b", more: "" }) }],
      ],
      reads: [
        ["GetEmailIdentity", tf, domain("RSA_2048_BIT", { Tags: tagsOf({ who: "b", more: "" }) })],
        ["ListTagsForResource", tfArn, { Tags: tagsOf({ who: "b", more: "" }) }],
      ],
    },
  ],
  destroy: [["DeleteEmailIdentity", tf]],
  gone: [
    ["GetEmailIdentity", tf],
    ["ListTagsForResource", tfArn],
    ["DeleteEmailIdentity", tf],
  ],
};

const byoDkim: Cycle = {
  resource: "aws_sesv2_email_identity with a key of the caller's",
  steps: [
    {
      calls: [
        [
          "CreateEmailIdentity",
          { ...own, DkimSigningAttributes: { DomainSigningPrivateKey, DomainSigningSelector: "first" } },
        ],
      ],
      reads: [["GetEmailIdentity", own, ownKey("first", {})]],
    },
    {
      calls: [
        [
          "PutEmailIdentityDkimSigningAttributes",
          {
            ...own,
            SigningAttributesOrigin: "EXTERNAL",
            SigningAttributes: { DomainSigningPrivateKey, DomainSigningSelector: "second" },
          },
        ],
      ],
      reads: [["GetEmailIdentity", own, ownKey("second", {})]],
    },
    {
      // What is left of the block when the key is removed.
      calls: [
        [
          "PutEmailIdentityDkimSigningAttributes",
          { ...own, SigningAttributesOrigin: "AWS_SES", SigningAttributes: {} },
        ],
      ],
      reads: [["GetEmailIdentity", own, domain("RSA_2048_BIT", {})]],
    },
  ],
  destroy: [["DeleteEmailIdentity", own]],
  gone: [["GetEmailIdentity", own]],
};

const address: Cycle = {
  resource: "aws_sesv2_email_identity of an address",
  steps: [
    {
      calls: [["CreateEmailIdentity", { ...ada, Tags: tagsOf({ who: "ada" }) }]],
      reads: [
        [
          "GetEmailIdentity",
          ada,
          identity({
            IdentityType: "EMAIL_ADDRESS",
            DkimAttributes: { SigningEnabled: false, Status: "NOT_STARTED" },
            Tags: tagsOf({ who: "ada" }),
          }),
        ],
        ["ListTagsForResource", adaArn, { Tags: tagsOf({ who: "ada" }) }],
      ],
    },
    {
      calls: [["UntagResource", { ...adaArn, TagKeys: ["who"] }]],
      reads: [["ListTagsForResource", adaArn, { Tags: [] }]],
    },
  ],
  destroy: [["DeleteEmailIdentity", ada]],
  gone: [
    ["GetEmailIdentity", ada],
    ["ListTagsForResource", adaArn],
  ],
};

/** Attributes of an identity that are resources of their own: destroying them resets them. */
const attributes: Cycle = {
  resource: "aws_sesv2_email_identity_…_attributes",
  needs: [
    ["CreateEmailIdentity", { EmailIdentity: "attributes.example.com" }],
    ["CreateConfigurationSet", { ConfigurationSetName: "tf-attributes" }],
  ],
  steps: [
    {
      calls: [
        ["PutEmailIdentityFeedbackAttributes", { EmailIdentity: "attributes.example.com" }],
        [
          "PutEmailIdentityMailFromAttributes",
          {
            EmailIdentity: "attributes.example.com",
            MailFromDomain: "bounce.attributes.example.com",
            BehaviorOnMxFailure: "REJECT_MESSAGE",
          },
        ],
        [
          "PutEmailIdentityConfigurationSetAttributes",
          { EmailIdentity: "attributes.example.com", ConfigurationSetName: "tf-attributes" },
        ],
      ],
      reads: [
        [
          "GetEmailIdentity",
          { EmailIdentity: "attributes.example.com" },
          domain("RSA_2048_BIT", {
            FeedbackForwardingStatus: false,
            MailFromAttributes: {
              MailFromDomain: "bounce.attributes.example.com",
              MailFromDomainStatus: "SUCCESS",
              BehaviorOnMxFailure: "REJECT_MESSAGE",
            },
            ConfigurationSetName: "tf-attributes",
          }),
        ],
      ],
    },
    {
      // A domain that is removed is put as an empty text.
      calls: [
        [
          "PutEmailIdentityFeedbackAttributes",
          { EmailIdentity: "attributes.example.com", EmailForwardingEnabled: true },
        ],
        [
          "PutEmailIdentityMailFromAttributes",
          {
            EmailIdentity: "attributes.example.com",
            MailFromDomain: "",
            BehaviorOnMxFailure: "USE_DEFAULT_VALUE",
          },
        ],
      ],
      reads: [
        [
          "GetEmailIdentity",
          { EmailIdentity: "attributes.example.com" },
          domain("RSA_2048_BIT", { ConfigurationSetName: "tf-attributes" }),
        ],
      ],
    },
  ],
  destroy: [
    ["PutEmailIdentityFeedbackAttributes", { EmailIdentity: "attributes.example.com" }],
    ["PutEmailIdentityMailFromAttributes", { EmailIdentity: "attributes.example.com" }],
    [
      "PutEmailIdentityConfigurationSetAttributes",
      { EmailIdentity: "attributes.example.com", ConfigurationSetName: "" },
    ],
  ],
  reset: [
    [
      "GetEmailIdentity",
      { EmailIdentity: "attributes.example.com" },
      domain("RSA_2048_BIT", { FeedbackForwardingStatus: false }),
    ],
  ],
};

export const terraformIdentityCycles: readonly Cycle[] = [easyDkim, byoDkim, address, attributes];
