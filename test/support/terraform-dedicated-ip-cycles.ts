/** What Terraform's AWS provider calls for dedicated IP pools and the addresses in them. */
import { arnOf, type Cycle, tagsOf } from "./provider-cycles.ts";

const pool = { PoolName: "tf-pool" };
const poolArn = { ResourceArn: arnOf("dedicated-ip-pool/tf-pool") };

/** The scaling mode can't be changed without replacing the pool. */
const dedicatedIpPool: Cycle = {
  resource: "aws_sesv2_dedicated_ip_pool",
  steps: [
    {
      calls: [["CreateDedicatedIpPool", { ...pool, Tags: tagsOf({ env: "dev" }) }]],
      reads: [
        ["GetDedicatedIpPool", pool, { DedicatedIpPool: { ...pool, ScalingMode: "STANDARD" } }],
        ["ListTagsForResource", poolArn, { Tags: tagsOf({ env: "dev" }) }],
      ],
    },
    {
      calls: [
        ["UntagResource", { ...poolArn, TagKeys: ["env"] }],
        ["TagResource", { ...poolArn, Tags: tagsOf({ team: "mail" }) }],
      ],
      reads: [
        ["GetDedicatedIpPool", pool, { DedicatedIpPool: { ...pool, ScalingMode: "STANDARD" } }],
        ["ListTagsForResource", poolArn, { Tags: tagsOf({ team: "mail" }) }],
      ],
    },
  ],
  destroy: [["DeleteDedicatedIpPool", pool]],
  gone: [
    ["GetDedicatedIpPool", pool],
    ["ListTagsForResource", poolArn],
    ["DeleteDedicatedIpPool", pool],
  ],
};

/** An address that the operator must have registered. */
export const assignedIp = "192.0.2.44";
const assigned = (PoolName: string) => ({
  DedicatedIp: { Ip: assignedIp, PoolName, WarmupStatus: "IN_PROGRESS" as const, WarmupPercentage: 0 },
});

const dedicatedIpAssignment: Cycle = {
  resource: "aws_sesv2_dedicated_ip_assignment, and a configuration set that sends with the pool",
  needs: [["CreateDedicatedIpPool", { PoolName: "tf-assigned" }]],
  steps: [
    {
      calls: [
        ["PutDedicatedIpInPool", { Ip: assignedIp, DestinationPoolName: "tf-assigned" }],
        [
          "CreateConfigurationSet",
          { ConfigurationSetName: "tf-pooled", DeliveryOptions: { SendingPoolName: "tf-assigned" } },
        ],
      ],
      reads: [
        ["GetDedicatedIp", { Ip: assignedIp }, assigned("tf-assigned")],
        [
          "GetConfigurationSet",
          { ConfigurationSetName: "tf-pooled" },
          {
            ConfigurationSetName: "tf-pooled",
            DeliveryOptions: { SendingPoolName: "tf-assigned" },
            ReputationOptions: { ReputationMetricsEnabled: true },
            SendingOptions: { SendingEnabled: true },
            Tags: [],
          },
        ],
      ],
    },
  ],
  destroy: [
    ["DeleteConfigurationSet", { ConfigurationSetName: "tf-pooled" }],
    ["PutDedicatedIpInPool", { Ip: assignedIp, DestinationPoolName: "ses-default-dedicated-pool" }],
    ["DeleteDedicatedIpPool", { PoolName: "tf-assigned" }],
  ],
  gone: [["GetDedicatedIpPool", { PoolName: "tf-assigned" }]],
  reset: [["GetDedicatedIp", { Ip: assignedIp }, assigned("ses-default-dedicated-pool")]],
};

export const terraformDedicatedIpCycles: readonly Cycle[] = [dedicatedIpPool, dedicatedIpAssignment];
