/**
 * Infrastructure tools manage the resources of SES: they create, read back, plan without a difference, update, and
 * destroy. The calls that the tools make are replayed through the SDK.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsEmulator, startAwsEmulator } from "./support/aws-emulator.ts";
import { cloudFormationCycles } from "./support/cloudformation-cycles.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { runCycle } from "./support/provider-cycles.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { terraformCycles } from "./support/terraform-cycles.ts";

const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`;
const cycles = [...terraformCycles([topicArn("first"), topicArn("second")]), ...cloudFormationCycles];

let aws: AwsEmulator;
let restoreVariables: () => void;
let server: InProcessServer;

beforeAll(async () => {
  aws = await startAwsEmulator();
  restoreVariables = setSdkVariables(aws.environment);
  for (const name of ["first", "second"]) expect(aws.subscribedTopic(name).topicArn).toBe(topicArn(name));
  server = await startInProcess();
});
afterAll(async () => {
  await server?.close();
  restoreVariables();
  await aws?.stop();
});

test.each(cycles)("$resource", async (cycle) => {
  await runCycle(server.client, cycle);
});

test("no error is logged", () => {
  expect(server.logged).toEqual([]);
});
