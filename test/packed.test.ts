/** The package as its users get it: packed, installed into an empty project, run with `npx mailglass`, and used in tests. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { GetMessageInsightsCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startMailglass } from "../src/testing/index.ts";
import { linkPackages, packageFile, readExamples, runNodeWith } from "./support/doc-examples.ts";
import { eventually } from "./support/eventually.ts";
import { removeFolder, startServer, temporaryFolder } from "./support/server-process.ts";

const project = join(import.meta.dirname, "..");
let folder: string;

/** For an install of 643 MB, and for runs of its commands, on a machine that may be busy. */
const withinMs = 300_000;

// The install copies chDB (540 MB): 10 s from npm's cache, which `npm ci` has filled.
beforeAll(async () => {
  folder = await temporaryFolder();
  const file = (await npm(project, "pack", "--silent", "--pack-destination", folder)).trim().split("\n").at(-1) ?? "";
  expect(file).toMatch(/^mailglass-\d+\.\d+\.\d+.*\.tgz$/);
  await write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, file));
}, withinMs);
afterAll(() => removeFolder(folder));

/**
 * This process's environment for an npm in another folder: without what `npm test` tells its children of this project,
 * and with the project's own Node first, since the machine's may be too old to run the package.
 */
function npmEnvironment(): Record<string, string | undefined> {
  const foreign = /^npm_(lifecycle|package|command|config_local_prefix|config_prefix)/;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return {
    ...environment,
    PATH: [join(project, "node_modules/.bin"), process.env.PATH].join(delimiter),
  };
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", args, { cwd, env: npmEnvironment(), maxBuffer: 1 << 24 });
  return stdout;
}

const write = (name: string, text: string) => writeFile(join(folder, name), text);

it("runs", { timeout: withinMs }, async () => {
  const { PATH = "" } = npmEnvironment();
  const server = await startServer({
    command: ["npx", "--no", "mailglass"],
    cwd: folder,
    environment: { PATH, MAILGLASS_LOG_LEVEL: "debug" },
  });
  onTestFinished(async () => {
    await server.kill("SIGKILL");
    await server.stop();
  });
  const health = await fetch(`${server.url}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ status: "ok" });

  // The package brings the template for its own migrations and for the PGlite that it asks for.
  await eventually(() => expect(server.output()).toContain('"origin":"template"'));

  const client = server.client();
  const { MessageId } = await client.send(
    new SendEmailCommand({
      FromEmailAddress: "sender@example.com",
      Destination: { ToAddresses: ["someone@example.com"] },
      Content: { Simple: { Subject: { Data: "From the package" }, Body: { Text: { Data: "Hello" } } } },
    }),
  );
  const insights = await client.send(new GetMessageInsightsCommand({ MessageId }));
  expect(insights).toMatchObject({ Subject: "From the package", FromEmailAddress: "sender@example.com" });
  expect(insights.Insights?.[0]?.Events?.map((event) => event.Type)).toEqual(["SEND", "DELIVERY"]);

  // To the server itself: npx does not hand SIGTERM on (npm 11), but it ends with its command's exit code.
  const pid = Number(/"pid":(\d+)/.exec(server.output())?.[1]);
  expect(pid).toBeGreaterThan(1);
  process.kill(pid, "SIGTERM");
  expect(await server.exit).toMatchObject({ code: 0, signal: null });
});

describe("mailglass/testing", () => {
  let examples: ReadonlyMap<string, string>;
  beforeAll(async () => {
    await linkPackages(folder, ["vitest", "@playwright/test", "@types/node"]);
    examples = await readExamples("testing.md");
    for (const [name, text] of examples) await write(name, text);
    await write("every-entry.test.ts", everyEntry);
    await write("fixture.spec.ts", playwrightSpec);
  });

  /** What a run wrote; it must succeed. */
  async function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, output } = await runNodeWith(variables, folder, ...args);
    expect(code, output).toBe(0);
    return output;
  }

  it("has the entries that are used below, and no others", async () => {
    const { exports }: { exports: object } = JSON.parse(await readFile(join(project, "package.json"), "utf8"));
    const entries = Object.keys(exports).filter((name) => name !== "./package.json");
    const used = new Set([everyEntry, playwrightSpec, ...examples.values()].flatMap(entriesIn));
    expect(entries.map((name) => name.replace(".", "mailglass")).sort()).toEqual([...used].sort());
  });

  it("starts a server, and its setup, teardown and hooks serve a runner", { timeout: withinMs }, async () => {
    expect(await run(["--test", "every-entry.test.ts"])).toContain("pass 3");
  });

  it("has fixtures for Vitest and Playwright", { timeout: withinMs }, async () => {
    await using server = await startMailglass();
    const variables = { TEST_MAILGLASS_URL: server.url };
    const vitest = await run([packageFile("vitest", "vitest.mjs"), "run", "welcome.test.ts"], variables);
    expect(vitest).toMatch(/Tests\s+1 passed/);
    await write("fixture.config.ts", 'export default { testMatch: "fixture.spec.ts" };\n');
    const program = packageFile("@playwright/test", "cli.js");
    expect(await run([program, "test", "--config=fixture.config.ts"], variables)).toContain("1 passed");
  });

  it("has types, which hold in strict mode", { timeout: withinMs }, async () => {
    const options = { strict: true, noEmit: true, module: "nodenext", moduleResolution: "nodenext", target: "es2024" };
    const lib = ["es2024", "esnext.disposable"];
    const check = async (files: readonly string[], more: object) => {
      const compilerOptions = { ...options, lib, types: ["node"], ...more };
      await write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
      await run([packageFile("typescript", "bin/tsc"), "--project", "tsconfig.json"]);
    };
    // The declarations themselves, too: they must name no file that isn't in the package.
    await check(["every-entry.test.ts"], { skipLibCheck: false });
    // Those of others are not checked.
    const typescript = [...examples.keys()].filter((name) => name.endsWith(".ts"));
    await check([...typescript, "fixture.spec.ts"], { skipLibCheck: true });
    const wrong = 'import { startMailglass } from "mailglass/testing";\nstartMailglass({ smpt: true });\n';
    await write("wrong.ts", wrong);
    await expect(check(["wrong.ts"], { skipLibCheck: true })).rejects.toThrow("'smpt'");
  });
});

function entriesIn(code: string): string[] {
  return [...code.matchAll(/"(mailglass\/[\w/]+)"/g)].map(([, name = ""]) => name);
}

const send = `
async function send(account: TestAccount, address: string): Promise<void> {
  const client = new SESv2Client(account.clientConfig);
  const Content = { Simple: { Subject: { Data: "Welcome" }, Body: { Text: { Data: "Code: 482913" } } } };
  const Destination = { ToAddresses: [address] };
  await client.send(new SendEmailCommand({ FromEmailAddress: "shop@example.com", Destination, Content }));
  client.destroy();
}
`;

/** Node's own runner has the hooks that Jest has. */
const everyEntry = `
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { type Mailglass, MailglassError, MailglassTimeout, startMailglass, type TestAccount } from "mailglass/testing";
import { mailForEachTest } from "mailglass/testing/jest";
import setup from "mailglass/testing/setup";
import teardown from "mailglass/testing/teardown";
${send}
test("a server of the test's own", async () => {
  const server: Mailglass = await startMailglass({ smtp: true });
  assert.match(server.smtpUrl ?? "", /^smtp:/);
  const account = await server.account();
  await send(account, "ada@example.com");
  const message = await account.inbox.waitFor({ to: "ada@example.com" }, { timeout: 60_000 });
  const code: string = message.code();
  assert.equal(code, "482913");
  assert.deepEqual((await message.events({ until: "DELIVERY" })).map(({ type }) => type), ["SEND", "DELIVERY"]);
  await account.reset();
  assert.equal(await account.inbox.count(), 0);
  await assert.rejects(account.inbox.waitFor({}, { timeout: 100 }), MailglassTimeout);
  await assert.rejects(account.faults.add({ effect: { type: "latency", milliseconds: -1 } }), MailglassError);
  await server.stop();
  await assert.rejects(server.inbox.count(), /does not answer/);
});

test("a server in this process", async () => {
  await using server = await startMailglass({ inProcess: true });
  await send(server, "ada@example.com");
  assert.equal((await server.inbox.waitFor()).subject, "Welcome");
});

describe("the setup", () => {
  before(async () => {
    await setup();
  });
  after(() => teardown());
  Object.assign(globalThis, { beforeEach, afterEach });
  const mail: () => TestAccount = mailForEachTest();

  test("an account for each test", async () => {
    await send(mail(), "ada@example.com");
    assert.equal(await mail().inbox.count(), 1);
  });
});
`;

const playwrightSpec = `
import { test as base, expect } from "@playwright/test";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { TestAccount } from "mailglass/testing";
import { type MailFixtures, type MailWorkerFixtures, mailFixtures } from "mailglass/testing/playwright";
${send}
const test = base.extend<MailFixtures, MailWorkerFixtures>(mailFixtures);

test("an account", async ({ mail }) => {
  test.setTimeout(${120_000});
  await send(mail, "ada@example.com");
  expect((await mail.inbox.waitFor()).subject).toBe("Welcome");
});
`;
