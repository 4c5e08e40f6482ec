/** `mailglass mirror`, used by an operator of a running server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MirrorSource } from "../src/admin-api/mirror.ts";
import { runCommand } from "./support/run-command.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

const topic = "arn:aws:sns:eu-west-1:111122223333:ses-events";
const queueUrl = "https://sqs.eu-west-1.amazonaws.com/111122223333/from-ses";

let dataDir: string;
let server: ServerProcess;
let settings: Readonly<Record<string, string>>;
const mirror = (...args: string[]) => runCommand(["mirror", ...args], settings);

beforeAll(async () => {
  dataDir = await temporaryFolder();
  server = await startServer({
    dataDir,
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_REGIONS: "eu-west-1",
      MAILGLASS_PUBLIC_URL: "https://mail.example.com",
    },
  });
  settings = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: new URL(server.url).port };
});
afterAll(async () => {
  await server?.stop();
  await removeFolder(dataDir);
});

it("shows its usage and error messages", async () => {
  expect((await mirror("--help")).stdout).toMatch(/^usage: mailglass mirror add KIND/);
  expect(await mirror("add", "kafka", "--name", "a")).toMatchObject({ code: 2, stdout: "" });
  expect(await mirror("show", "nobody")).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "mailglass mirror: there is no source nobody; `mailglass mirror list` lists them\n",
  });
});

describe("a source that is posted to", () => {
  it("is added, with its URL and a secret that is shown once, and can be set up", async () => {
    const added = await mirror("add", "sns", "--name", "prod", "--topic", topic, "--raw", "--silence", "3600");
    expect(added).toMatchObject({ code: 0 });
    expect(added.stdout).toMatch(
      /^The source prod is created\.\nurl=https:\/\/mail\.example\.com\/mirror\/[0-9a-f-]{36}\nsecret=[\w-]{43}\nsubscriptionUrl=https:\/\/\w+:[\w-]{43}@mail\.example\.com\/mirror\/[0-9a-f-]{36}\n$/,
    );
    expect(added.stderr).toContain("the secret is shown now and never again");
    expect(added.stderr).toContain("mailglass mirror setup --source prod");

    const [, url = ""] = /^url=(.*)$/m.exec(added.stdout) ?? [];
    const setup = await mirror("setup", "--source", "prod", "--configuration-set", "main", "--format", "terraform");
    expect(setup).toMatchObject({ code: 0 });
    expect(setup.stdout).toContain(`endpoint = "${url}"`);
    expect(setup.stdout).toContain('name = "ses-events"');
    expect(setup.stderr).toMatch(/^\* SES publishes no events for mail without the configuration set/);
  });

  it("is shown with a checklist", async () => {
    const { stdout } = await mirror("show", "prod");
    expect(stdout).toMatch(/^prod: sns, waiting\n/);
    expect(stdout).toMatch(/ topicArns +arn:aws:sns:eu-west-1:111122223333:ses-events\n/);
    expect(stdout).toContain("\n[ ] subscription confirmed\n[ ] validation message of SES received\n");
    expect(stdout).toMatch(/\[ \] not sent by this source: SEND, .*SUBSCRIPTION/);
    const shown: MirrorSource = JSON.parse((await mirror("show", "prod", "--json")).stdout);
    expect(shown).toMatchObject({ name: "prod", silenceSeconds: 3600, settings: { raw: true } });
  });

  it("gets a new secret", async () => {
    expect((await mirror("rotate-secret", "prod")).stdout).toMatch(/^secret=[\w-]{43}\nsubscriptionUrl=/);
  });
});

it("changes only the given settings", async () => {
  expect(await mirror("add", "sqs", "--name", "queue", "--queue-url", queueUrl, "--no-enabled")).toMatchObject({
    ...{ code: 0, stdout: "The source queue is created.\n" },
  });
  const json = async () => JSON.parse((await mirror("show", "queue", "--json")).stdout);
  const before = await json();
  expect(before).toMatchObject({ enabled: false, accounts: ["111122223333"], region: "eu-west-1" });
  expect(await mirror("set", before.id, "--topic", topic, "--suppress")).toMatchObject({ code: 0 });
  const changed = { suppresses: true, settings: { ...before.settings, topicArns: [topic] } };
  expect(await json()).toEqual({ ...before, ...changed });
  expect(await mirror("set", "queue", "--region", "ap-south-1")).toMatchObject({
    ...{ code: 1, stdout: "", stderr: expect.stringContaining("does not serve ap-south-1") },
  });
  expect((await mirror("rotate-secret", "queue")).stderr).toContain("This source has no secret");
});

it("lists set-aside records, and reads them again", async () => {
  const [, secret = ""] =
    /secret=(.*)/.exec(
      (await mirror("add", "eventbridge", "--name", "bus", "--account", "111122223333", "--region", "eu-west-1"))
        .stdout,
    ) ?? [];
  const { url = "" }: MirrorSource = JSON.parse((await mirror("show", "bus", "--json")).stdout);
  const posted = await fetch(`${server.url}${new URL(url).pathname}`, {
    method: "POST",
    headers: { "x-mailglass-key": secret, "content-type": "application/json" },
    body: JSON.stringify({ hello: "\u001b[31mred" }),
  });
  expect(posted.status).toBe(200);
  const { stdout } = await mirror("set-aside", "bus");
  expect(stdout).toMatch(/^\d+ {2}\d{4}-.*once/);
  expect(stdout).toContain("red");
  expect(stdout).not.toContain("\u001b");
  expect((await mirror("replay", "bus")).stdout).toBe("0 records could be read, with 0 events; 1 could not.\n");
  expect((await mirror("set-aside", "queue")).stdout).toBe("No records are put aside.\n");
});

it("shows what is read of the real account, by choice", async () => {
  const off = await mirror("resources", "bus");
  expect(off.stdout).toMatch(/^They are not read: `mailglass mirror set SOURCE --pull-resources` turns it on\.\n/);
  expect(off.stdout).toMatch(/\nKIND +NUMBER +NOT READ YET +FAILED +LISTED\nconfiguration-sets +0 +0 +0 +never\n/);
  expect(JSON.parse((await mirror("resources", "bus", "--json")).stdout)).toMatchObject({
    pulled: false,
    problems: [],
  });
  expect((await mirror("resources", "bus", "--kind", "templates")).stdout).toBe("There are none.\n");
  expect(await mirror("resources", "bus", "--kind", "templates", "--name", "none")).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining("The source's account has none of this kind with this name.") },
  });
  // A source that is turned off is not read, so that nothing is asked of AWS here.
  const on = ["--pull-resources", "--pull-suppression", "in", "--no-enabled"];
  expect(await mirror("set", "bus", ...on)).toMatchObject({ code: 0 });
  expect((await mirror("show", "bus")).stdout).toMatch(/ pull +suppression in, resources yes\n/);
  expect((await mirror("resources", "bus")).stdout).toMatch(/^KIND/);
  expect(await mirror("set", "bus", "--no-pull-resources")).toMatchObject({ code: 0 });
  expect((await mirror("show", "bus")).stdout).toMatch(/ pull +suppression in\n/);
});

it("lists and removes sources", async () => {
  const { stdout } = await mirror("list");
  expect(stdout).toMatch(/^NAME +KIND +STATUS +REGION +ACCOUNTS +LAST EVENT +SET ASIDE\n/);
  expect(stdout).toMatch(/\nqueue +sqs +disabled +eu-west-1 +111122223333 +never +0\n/);
  for (const name of ["prod", "queue", "bus"]) expect(await mirror("remove", name)).toMatchObject({ code: 0 });
  expect((await mirror("list")).stdout).toBe("There are no sources. `mailglass mirror add` creates one.\n");
});

it("forgets a person without data", async () => {
  const { code, stdout } = await runCommand(["forget", "nobody@example.com"], settings);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 recorded events\n0 messages /) });
  expect(await runCommand(["forget", "nobody"], settings)).toMatchObject({ code: 1, stdout: "" });
});

it("prints a setup without a server, and refuses missing parameters", async () => {
  const alone = (...args: string[]) => runCommand(["mirror", ...args], { MAILGLASS_PORT: "1" });
  const setup = await alone(
    "setup",
    "--account",
    "111122223333",
    "--configuration-set",
    "main",
    "--region",
    "eu-west-1",
  );
  expect(setup).toMatchObject({ code: 0, stdout: expect.stringMatching(/^#!\/bin\/sh\nset -eu\n/) });
  expect(await alone("setup", "--configuration-set", "main")).toEqual({
    ...{ code: 1, stdout: "", stderr: expect.stringContaining("A setup needs account") },
  });
  expect(await alone("list")).toMatchObject({ code: 1, stderr: expect.stringContaining("no server answers") });
});
