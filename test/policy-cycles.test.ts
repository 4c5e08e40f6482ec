/** Infrastructure tools manage policies of identities: they create, read back, plan without a difference, and destroy. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { arnOf, type Cycle, runCycle } from "./support/provider-cycles.ts";

const identity = { EmailIdentity: "example.com" };
const one = { ...identity, PolicyName: "example" };

/** As Terraform's `aws_iam_policy_document` writes it: with line breaks. */
const document = (actions: readonly string[], effect = "Allow") => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "",
      Effect: effect,
      Action: actions,
      Resource: arnOf("identity/example.com"),
      Principal: { AWS: "*" },
    },
  ],
});
const written = (...given: Parameters<typeof document>) => JSON.stringify(document(...given), null, 2);
const read = (...given: Parameters<typeof document>) => ({ Policies: { example: JSON.stringify(document(...given)) } });
const both = ["SES:SendRawEmail", "SES:SendEmail"];

/** `aws_sesv2_email_identity_policy`. */
const policy: Cycle = {
  resource: "aws_sesv2_email_identity_policy",
  needs: [["CreateEmailIdentity", identity]],
  steps: [
    {
      calls: [["CreateEmailIdentityPolicy", { ...one, Policy: written(both) }]],
      reads: [["GetEmailIdentityPolicies", identity, read(both)]],
    },
    {
      calls: [["UpdateEmailIdentityPolicy", { ...one, Policy: written(["ses:SendEmail"], "Deny") }]],
      reads: [["GetEmailIdentityPolicies", identity, read(["ses:SendEmail"], "Deny")]],
    },
  ],
  destroy: [["DeleteEmailIdentityPolicy", one]],
  gone: [["DeleteEmailIdentityPolicy", one]],
  reset: [["GetEmailIdentityPolicies", identity, { Policies: {} }]],
};

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess();
});
afterAll(() => server.close());

test(policy.resource, async () => {
  await runCycle(server.client, policy);
  expect(server.logged).toEqual([]);
});
