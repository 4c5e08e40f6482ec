/**
 * Infrastructure tools manage the resources of SES: they create, read back, plan without a difference, update, and
 * destroy. The calls that the tools make are replayed through the SDK.
 */
import { SESClient } from "@aws-sdk/client-ses";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsEmulator, startAwsEmulator } from "./support/aws-emulator.ts";
import { cloudFormationCycles } from "./support/cloudformation-cycles.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runCycle } from "./support/provider-cycles.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { terraformCycles } from "./support/terraform-cycles.ts";
import { assignedIp } from "./support/terraform-dedicated-ip-cycles.ts";
import { runV1Cycle, terraformV1Cycles } from "./support/terraform-v1-cycles.ts";

const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;
const topics = [topicArn("first"), topicArn("second")] as const;
const cycles = [...terraformCycles(topics), ...cloudFormationCycles];

let aws: AwsEmulator;
let restoreVariables: () => void;
let server: InProcessServer;

beforeAll(async () => {
  aws = await startAwsEmulator();
  restoreVariables = setSdkVariables(aws.environment);
  for (const name of ["first", "second"]) expect(aws.subscribedTopic(name).topicArn).toBe(topicArn(name));
  server = await startInProcess();
  const ip = { address: assignedIp, ehloName: "mail.example.com", unbound: true };
  const registered = await server.app.inject({ method: "POST", url: "/admin/dedicated-ips", payload: ip });
  expect(registered.statusCode).toBe(201);
});
afterAll(async () => {
  await server?.close();
  restoreVariables();
  await aws?.stop();
});

test.each(cycles)("$resource", async (cycle) => {
  await runCycle(server.client, cycle);
});

test.each(terraformV1Cycles(topics))("$resource", async (cycle) => {
  const credentials = { accessKeyId: "any", secretAccessKey: "thing" };
  const client = new SESClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  await runV1Cycle(client, cycle);
  client.destroy();
});

test("no error is logged", () => {
  expect(server.logged).toEqual([]);
});
