/** The SES API v1 as its clients speak it: SDKs, the AWS CLI and nodemailer 6, with signatures. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import * as sdk from "@aws-sdk/client-ses";
import { GetMessageInsightsCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { boto3Missing, cliMissing } from "./support/missing-tools.ts";

let server: InProcessServer;
let credentials: { accessKeyId: string; secretAccessKey: string };
let client: sdk.SESClient;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_AUTH: "required", MAILGLASS_IDENTITY_VERIFICATION: "off", MAILGLASS_RATE_LIMITS: "off" },
  });
  const { accessKeyId, secretAccessKey } = await createKey(server, new Date(), { description: "tests" });
  credentials = { accessKeyId, secretAccessKey };
  client = new sdk.SESClient({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

type Call = (operation: string, input: object) => Promise<unknown>;

/** The SDK, by the CLI's names of operations. */
const javaScript: Call = async (operation, input) => {
  const name = operation.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const Command: unknown = Reflect.get(sdk, `${name}Command`);
  if (typeof Command !== "function") throw new Error(`the SDK has no ${name}Command`);
  return client.send(Reflect.construct(Command, [input]));
};

/** Runs a program; resolves to the JSON that it prints, or to undefined for nothing. */
async function run(program: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(program, [...args], {
    env: {
      PATH: "/usr/bin:/bin",
      HOME: "/nonexistent",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  return stdout.trim() === "" ? undefined : JSON.parse(stdout);
}

const inBase64 = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value);
const asJson = (input: object) => JSON.stringify(input, (_, value) => (Buffer.isBuffer(value) ? value : value));

const cli: Call = (operation, input) =>
  run("/usr/bin/aws", [
    ...["ses", operation, "--endpoint-url", server.url, "--output", "json"],
    ...["--cli-input-json", asJson(input)],
  ]);

const boto3Script = `
import boto3, json, sys
client = boto3.client("ses", endpoint_url=sys.argv[1])
print(json.dumps(getattr(client, sys.argv[2])(**json.loads(sys.argv[3])), default=str))
`;
const boto3: Call = (operation, input) =>
  run("/usr/bin/python3", ["-c", boto3Script, server.url, operation.replaceAll("-", "_"), asJson(input)]);

const insights = (MessageId: unknown) =>
  server.client.send(new GetMessageInsightsCommand({ MessageId: String(MessageId) }));

it("debug", async () => {
  console.log(inBase64, await javaScript("get-send-quota", {}));
  console.log(await cli("get-send-quota", {}), await boto3("get-send-quota", {}));
});
