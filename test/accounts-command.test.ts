/** `mailglass accounts` as a self-hoster uses it: on the data folder, and in a server that runs. */
import { GetAccountCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ended, runCommand } from "./support/run-command.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

let dataDir: string;
let server: ServerProcess;
/** The settings of commands while no server runs, and while it does. */
let stopped: Readonly<Record<string, string>>;
let running: Readonly<Record<string, string>>;
/** Made before the server was started. */
let first: Ended;
let ours: Ended;
let theirs: { accessKeyId: string; secretAccessKey: string };

const renamed = { MAILGLASS_ACCOUNT_ID: "444455556666" };
const accounts = (...args: string[]) => runCommand(["accounts", ...args], running);

beforeAll(async () => {
  dataDir = await temporaryFolder();
  // A port that nobody listens on.
  stopped = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" };
  first = await runCommand(["accounts", "create", "--id", "111122223333", "--name", "Shop"], stopped);
  ours = await runCommand(["keys", "create", "--account", "444455556666"], { ...stopped, ...renamed });
  theirs = JSON.parse((await runCommand(["keys", "create", "--account", "111122223333", "--json"], stopped)).stdout);
  server = await startServer({ dataDir, environment: { MAILGLASS_AUTH: "required", ...renamed } });
  running = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: new URL(server.url).port };
});
afterAll(async () => {
  await server?.stop();
  await removeFolder(dataDir);
});

it("tells how it is used", async () => {
  expect(await accounts("--help")).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^usage: mailglass accounts create/),
    stderr: "",
  });
  expect(await accounts("make")).toMatchObject({ code: 2, stdout: "" });
});

it("makes accounts before the start, whose keys work after it", async () => {
  expect(first).toEqual({ code: 0, stdout: "Account 111122223333 is created.\n", stderr: "" });
  const client = new SESv2Client({ endpoint: server.url, region: "us-east-1", credentials: theirs, maxAttempts: 1 });
  expect((await client.send(new GetAccountCommand({}))).SendingEnabled).toBe(true);
  client.destroy();
});

it("is not alone: `keys` makes keys of an account, and shows the accounts if there are several", async () => {
  // The default account is known by the name that the next start gives it.
  expect(ours).toMatchObject({ code: 0 });
  const { stdout } = await runCommand(["keys", "list"], running);
  expect(stdout).toMatch(/^ID +ACCOUNT +STATE /);
  expect(stdout).toMatch(new RegExp(`\\n${theirs.accessKeyId}  111122223333  active `));
  expect(stdout).toMatch(/\nAKIA\w{16} {2}444455556666 {2}active /);
  expect(await runCommand(["keys", "create", "--account", "999999999999"], running)).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("there is no account 999999999999: `mailglass accounts create` makes one"),
  });
});

it("makes, lists and deletes accounts in a server that runs", async () => {
  const { id } = JSON.parse((await accounts("create", "--json")).stdout);
  expect((await accounts("list")).stdout.split("\n")).toEqual([
    expect.stringMatching(/^ID +CREATED +REGIONS +NAME$/),
    expect.stringMatching(/^444455556666 {2}default +us-east-1 {2}default$/),
    expect.stringMatching(/^111122223333 {2}\S+Z {2}us-east-1 {2}Shop$/),
    expect.stringMatching(new RegExp(`^${id}  \\S+Z$`)),
    "",
  ]);
  expect(await accounts("delete", id)).toEqual({ code: 0, stdout: `Account ${id} is deleted.\n`, stderr: "" });
});

it("says what is left of an account that can't be deleted", async () => {
  expect(await accounts("delete", "111122223333")).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("the account 111122223333 still has 1 access keys"),
  });
  expect(await accounts("delete", "999999999999")).toEqual({
    code: 1,
    stdout: "",
    stderr: "mailglass accounts: there is no account 999999999999\n",
  });
});

it("the server does not start with another account's ID for the default account, and says which setting it is", async () => {
  await server.kill("SIGTERM");
  const refused = await runCommand(["serve"], { ...stopped, MAILGLASS_ACCOUNT_ID: "111122223333" });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^mailglass: MAILGLASS_ACCOUNT_ID: another account .* 111122223333: .*\n$/);
});
