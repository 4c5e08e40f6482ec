/** What Terraform's AWS provider calls for contact lists and the attributes of the account. */
import { expect } from "vitest";
import { arnOf, type Cycle, tagsOf } from "./provider-cycles.ts";

const list = { ContactListName: "tf-list" };
const listArn = { ResourceArn: arnOf("contact-list/tf-list") };
const time: Date = expect.any(Date);

const contactList: Cycle = {
  resource: "aws_sesv2_contact_list",
  steps: [
    {
      calls: [
        [
          "CreateContactList",
          {
            ...list,
            Description: "All readers",
            Topics: [
              { TopicName: "news", DisplayName: "News", Description: "d", DefaultSubscriptionStatus: "OPT_IN" },
              { TopicName: "sport", DisplayName: "Sport", DefaultSubscriptionStatus: "OPT_OUT" },
            ],
            Tags: tagsOf({ env: "dev" }),
          },
        ],
      ],
      reads: [
        [
          "GetContactList",
          list,
          {
            ...list,
            Description: "All readers",
            Topics: [
              { TopicName: "news", DisplayName: "News", Description: "d", DefaultSubscriptionStatus: "OPT_IN" },
              { TopicName: "sport", DisplayName: "Sport", DefaultSubscriptionStatus: "OPT_OUT" },
            ],
            CreatedTimestamp: time,
            LastUpdatedTimestamp: time,
            Tags: tagsOf({ env: "dev" }),
          },
        ],
        ["ListTagsForResource", listArn, { Tags: tagsOf({ env: "dev" }) }],
      ],
    },
    {
      // A description that is removed is put as an empty text.
      calls: [
        [
          "UpdateContactList",
          {
            ...list,
            Description: "",
            Topics: [{ TopicName: "news", DisplayName: "Newer", DefaultSubscriptionStatus: "OPT_OUT" }],
          },
        ],
        ["TagResource", { ...listArn, Tags: tagsOf({ env: "prod" }) }],
      ],
      reads: [
        [
          "GetContactList",
          list,
          {
            ...list,
            Description: "",
            Topics: [{ TopicName: "news", DisplayName: "Newer", DefaultSubscriptionStatus: "OPT_OUT" }],
            CreatedTimestamp: time,
            LastUpdatedTimestamp: time,
            Tags: tagsOf({ env: "prod" }),
          },
        ],
        ["ListTagsForResource", listArn, { Tags: tagsOf({ env: "prod" }) }],
      ],
    },
  ],
  destroy: [["DeleteContactList", list]],
  gone: [
    ["GetContactList", list],
    ["ListTagsForResource", listArn],
    ["DeleteContactList", list],
  ],
};

const vdm: Cycle = {
  resource: "aws_sesv2_account_vdm_attributes",
  steps: [
    {
      calls: [
        [
          "PutAccountVdmAttributes",
          {
            VdmAttributes: {
              VdmEnabled: "ENABLED",
              DashboardAttributes: { EngagementMetrics: "ENABLED" },
              GuardianAttributes: { OptimizedSharedDelivery: "DISABLED" },
            },
          },
        ],
      ],
      reads: [
        [
          "GetAccount",
          {},
          expect.objectContaining({
            VdmAttributes: {
              VdmEnabled: "ENABLED",
              DashboardAttributes: { EngagementMetrics: "ENABLED" },
              GuardianAttributes: { OptimizedSharedDelivery: "DISABLED" },
            },
          }),
        ],
      ],
    },
  ],
  destroy: [["PutAccountVdmAttributes", { VdmAttributes: { VdmEnabled: "DISABLED" } }]],
  reset: [["GetAccount", {}, expect.objectContaining({ VdmAttributes: { VdmEnabled: "DISABLED" } })]],
};

const suppression: Cycle = {
  resource: "aws_sesv2_account_suppression_attributes",
  steps: [
    {
      calls: [["PutAccountSuppressionAttributes", { SuppressedReasons: ["COMPLAINT"] }]],
      reads: [
        ["GetAccount", {}, expect.objectContaining({ SuppressionAttributes: { SuppressedReasons: ["COMPLAINT"] } })],
      ],
    },
    {
      calls: [
        [
          "PutAccountSuppressionAttributes",
          {
            SuppressedReasons: ["BOUNCE", "COMPLAINT"],
            ValidationAttributes: { ConditionThreshold: { ConditionThresholdEnabled: "DISABLED" } },
          },
        ],
      ],
      reads: [
        [
          "GetAccount",
          {},
          expect.objectContaining({
            SuppressionAttributes: {
              SuppressedReasons: ["BOUNCE", "COMPLAINT"],
              ValidationAttributes: { ConditionThreshold: { ConditionThresholdEnabled: "DISABLED" } },
            },
          }),
        ],
      ],
    },
    {
      calls: [
        [
          "PutAccountSuppressionAttributes",
          {
            SuppressedReasons: ["BOUNCE"],
            ValidationAttributes: {
              ConditionThreshold: {
                ConditionThresholdEnabled: "ENABLED",
                OverallConfidenceThreshold: { ConfidenceVerdictThreshold: "MANAGED" },
              },
            },
          },
        ],
      ],
      reads: [
        [
          "GetAccount",
          {},
          expect.objectContaining({
            SuppressionAttributes: {
              SuppressedReasons: ["BOUNCE"],
              ValidationAttributes: {
                ConditionThreshold: {
                  ConditionThresholdEnabled: "ENABLED",
                  OverallConfidenceThreshold: { ConfidenceVerdictThreshold: "MANAGED" },
                },
              },
            },
          }),
        ],
      ],
    },
    {
      calls: [["PutAccountSuppressionAttributes", { SuppressedReasons: [] }]],
      reads: [["GetAccount", {}, expect.objectContaining({ SuppressionAttributes: { SuppressedReasons: [] } })]],
    },
  ],
  // The provider leaves the attributes as they are.
  destroy: [],
};

export const terraformAccountCycles: readonly Cycle[] = [contactList, vdm, suppression];
