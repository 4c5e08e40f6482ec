/** `mailglass keys` as a self-hoster uses it: before the start, beside a server that runs, and against one it can't ask. */
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { GetAccountCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smtpPassword } from "../src/auth/smtp-credentials.ts";
import { refused } from "./support/refused.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command to its end. */
function keys(args: readonly string[], environment: Readonly<Record<string, string>>, input = ""): Promise<Ended> {
  return command(["keys", ...args], environment, input);
}

function command(args: readonly string[], environment: Readonly<Record<string, string>>, input = ""): Promise<Ended> {
  const main = join(import.meta.dirname, "../src/main.ts");
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { PATH: process.env.PATH, ...environment } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
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
  beforeAll(async () => {
    dataDir = await temporaryFolder();
  });
  afterAll(() => removeFolder(dataDir));

  it("makes the first key before the start, and others beside the server; its secrets are in no log", async () => {
    // A port that nobody listens on.
    const stopped = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" };
    const first = await keys(["create", "--description", "the first"], stopped);
    expect(first).toMatchObject({ code: 0, stderr: "Keep this: the secret is shown now and never again.\n" });
    const one = credentialsIn(first.stdout);
    expect(first.stdout).toContain(
      `user ${one.accessKeyId}, password ${smtpPassword(one.secretAccessKey, "us-east-1")}\n`,
    );

    await using server = await startServer({ dataDir, environment: { MAILGLASS_AUTH: "required" } });
    expect(server.output()).not.toContain("there is none yet");
    expect((await account(server, one)).SendingEnabled).toBe(true);

    const running = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: new URL(server.url).port };
    const second = await keys(["create", "--json"], running);
    const two: { accessKeyId: string; secretAccessKey: string } = JSON.parse(second.stdout);
    expect((await account(server, two)).SendingEnabled).toBe(true);

    expect(await keys(["deactivate", two.accessKeyId], running)).toEqual({
      code: 0,
      stdout: `${two.accessKeyId} is inactive.\n`,
      stderr: "",
    });
    expect((await refused(account(server, two)))[0]).toBe("UnrecognizedClientException");
    const listed = await keys(["list"], running);
    expect(listed.stdout).toMatch(new RegExp(`\n${one.accessKeyId}  active    \\S+Z  \\S+Z  the first\n`));
    expect(listed.stdout).toMatch(new RegExp(`\n${two.accessKeyId}  inactive  \\S+Z  \\S+Z\n`));
    expect(await keys(["activate", two.accessKeyId], running)).toMatchObject({ code: 0 });
    expect((await account(server, two)).SendingEnabled).toBe(true);
    expect(await keys(["delete", two.accessKeyId], running)).toMatchObject({ code: 0 });
    expect((await refused(account(server, two)))[0]).toBe("UnrecognizedClientException");
    expect(await keys(["delete", two.accessKeyId], running)).toEqual({
      code: 1,
      stdout: "",
      stderr: `mailglass keys: there is no access key ${two.accessKeyId}\n`,
    });
    expect(await keys(["create", "--seconds", "5"], running)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("from 900 to 129600"),
    });
    expect(JSON.parse((await keys(["list", "--json"], running)).stdout)).toHaveLength(1);

    // The other command that asks a server signs as well.
    expect(await command(["simulate", "--messages", "5"], running)).toMatchObject({ code: 0, stderr: "" });
    for (const secret of [one.secretAccessKey, two.secretAccessKey]) expect(server.output()).not.toContain(secret);
  });

  it("says what it needs where the server does not know it, and makes nothing there", async () => {
    await using server = await startServer({ dataDir, environment: { MAILGLASS_AUTH: "required" } });
    const elsewhere = await temporaryFolder();
    const found = await keys(["list"], { MAILGLASS_DATA_DIR: elsewhere, MAILGLASS_PORT: new URL(server.url).port });
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
  expect(server.output()).toContain("there is none yet: `mailglass keys create` makes one");
});
