/** `mailglass keys` as a self-hoster uses it: before the start, beside a server that runs, and against one it can't ask. */
import { readdir } from "node:fs/promises";
import { GetAccountCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smtpPassword } from "../src/access/smtp-credentials.ts";
import { eventually } from "./support/eventually.ts";
import { refused } from "./support/refused.ts";
import { type Ended, runCommand } from "./support/run-command.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

/** Runs the command to its end. */
function keys(args: readonly string[], environment: Readonly<Record<string, string>>, input = ""): Promise<Ended> {
  return runCommand(["keys", ...args], environment, input);
}

async function account(server: ServerProcess, credentials: { accessKeyId: string; secretAccessKey: string }) {
  const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 });
  try {
    return await client.send(new GetAccountCommand({}));
  } finally {
    client.destroy();
  }
}

function credentialsIn(printed: string) {
  const [, accessKeyId = "", secretAccessKey = ""] =
    /^AWS_ACCESS_KEY_ID=(AKIA\w{16})\nAWS_SECRET_ACCESS_KEY=(\S{40})\n/.exec(printed) ?? [];
  expect([accessKeyId, secretAccessKey]).not.toContain("");
  return { accessKeyId, secretAccessKey };
}

describe("the command", () => {
  let dataDir: string;
  let server: ServerProcess;
  /** Made before the server was started. */
  let first: Ended;
  let running: Readonly<Record<string, string>>;

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    // A port that nobody listens on.
    const stopped = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" };
    first = await keys(["create", "--description", "the first"], stopped);
    server = await startServer({ dataDir, environment: { MAILGLASS_AUTH: "required" } });
    running = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: new URL(server.url).port };
  });
  afterAll(async () => {
    await server.stop();
    await removeFolder(dataDir);
  });

  it("makes the first key before the start, with its SMTP password", async () => {
    expect(first).toMatchObject({ code: 0, stderr: "Keep this: the secret is shown now and never again.\n" });
    const one = credentialsIn(first.stdout);
    const password = smtpPassword(one.secretAccessKey, "us-east-1");
    expect(first.stdout).toContain(`user ${one.accessKeyId}, password ${password}\n`);
    expect((await account(server, one)).SendingEnabled).toBe(true);
    expect(server.output()).not.toContain("there is none yet");
  });

  it("makes, stops and deletes keys in a server that runs; no secret gets into its log", async () => {
    const two: { accessKeyId: string; secretAccessKey: string } = JSON.parse(
      (await keys(["create", "--json"], running)).stdout,
    );
    const id = two.accessKeyId;
    expect((await account(server, two)).SendingEnabled).toBe(true);
    expect(await keys(["deactivate", id], running)).toEqual({ code: 0, stdout: `${id} is inactive.\n`, stderr: "" });
    expect((await refused(account(server, two)))[0]).toBe("UnrecognizedClientException");
    const { stdout } = await keys(["list"], running);
    expect(stdout).toMatch(/\nAKIA\w{16} {2}active {4}\S+Z {2}\S+ +the first\n/);
    expect(stdout).toMatch(new RegExp(`\n${id}  inactive  \\S+Z  \\S+Z\n`));
    expect(await keys(["activate", id], running)).toMatchObject({ code: 0 });
    expect((await account(server, two)).SendingEnabled).toBe(true);
    expect(await keys(["delete", id], running)).toMatchObject({ code: 0 });
    expect((await refused(account(server, two)))[0]).toBe("UnrecognizedClientException");
    for (const secret of [credentialsIn(first.stdout).secretAccessKey, two.secretAccessKey]) {
      expect(server.output()).not.toContain(secret);
    }
  });

  it("makes keys with rights, and lists them", async () => {
    const made: { accessKeyId: string } = JSON.parse(
      (await keys(["create", "--allow", "send:Example.com", "--allow", "read", "--json"], running)).stdout,
    );
    const { stdout } = await keys(["list"], running);
    expect(stdout).toMatch(/^ID +STATE +ALLOWED +CREATED/);
    expect(stdout).toMatch(new RegExp(`\n${made.accessKeyId} +active +send:example\\.com read +\\S+Z `));
    expect(stdout).toMatch(/ active +everything +\S+Z .*the first\n/);
    expect(await keys(["delete", made.accessKeyId], running)).toMatchObject({ code: 0 });
    expect(await keys(["create", "--allow", "admin"], running)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the rights are send, read, write"),
    });
  });

  it("says what can't be done", async () => {
    expect(await keys(["delete", "AKIAIOSFODNN7EXAMPLE"], running)).toEqual({
      code: 1,
      stdout: "",
      stderr: "mailglass keys: there is no access key AKIAIOSFODNN7EXAMPLE\n",
    });
    const refusal = { code: 1, stderr: expect.stringContaining("from 900 to 129600") };
    expect(await keys(["create", "--seconds", "5"], running)).toMatchObject(refusal);
    expect(JSON.parse((await keys(["list", "--json"], running)).stdout)).toHaveLength(1);
  });

  it("is not alone in signing: `simulate` does, too", async () => {
    expect(await runCommand(["simulate", "--messages", "5"], running)).toMatchObject({ code: 0, stderr: "" });
  });

  it("says what it needs where the server does not know it, and makes nothing there", async () => {
    const elsewhere = await temporaryFolder();
    const found = await keys(["list"], { ...running, MAILGLASS_DATA_DIR: elsewhere });
    expect(found).toMatchObject({ code: 1, stdout: "" });
    expect(found.stderr).toContain("the command must have its master key");
    expect(await readdir(elsewhere)).toEqual([]);
    await removeFolder(elsewhere);
  });
});

describe("keys smtp-password", () => {
  // The example of the test of the algorithm.
  const password = "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj\n";

  it("reads the secret from standard input or the environment, and asks nobody", async () => {
    const settings = { MAILGLASS_DATA_DIR: "/nonexistent", MAILGLASS_PORT: "1" };
    expect(await keys(["smtp-password", "--region", "us-west-1"], settings, "some+secret+key\n")).toEqual({
      code: 0,
      stdout: password,
      stderr: "",
    });
    const environment = { ...settings, MAILGLASS_REGION: "us-west-1", AWS_SECRET_ACCESS_KEY: "some+secret+key" };
    expect(await keys(["smtp-password"], environment)).toMatchObject({ code: 0, stdout: password });
    expect(await keys(["smtp-password"], settings)).toMatchObject({ code: 2, stdout: "" });
  });
});

it("a server that wants signed calls and has no key says how to make one", async () => {
  await using server = await startServer({ environment: { MAILGLASS_AUTH: "required" } });
  // The log is written apart from what the command prints.
  await eventually(() => expect(server.output()).toContain("there is none yet: `mailglass keys create` makes one"));
});
