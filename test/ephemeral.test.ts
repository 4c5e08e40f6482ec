/** `mailglass --ephemeral`: nothing is left on the disk, however the process ends. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchGetMetricDataCommand, GetMessageInsightsCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MessageCount } from "../src/admin-api/message-search.ts";
import { failureExitCode } from "../src/common/failure-exit-code.ts";
import { connectMailglass } from "../src/testing/index.ts";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { programCommand } from "./support/program.ts";
import {
  removeFolder,
  type ServerProcess,
  spawnServer,
  startServer,
  temporaryFolder,
} from "./support/server-process.ts";

const hook = (name: string) => ["--import", join(import.meta.dirname, `support/${name}.ts`)];

/** The machine's folder for temporary files, as the servers see it. */
let temporary = "";
beforeEach(async () => {
  temporary = await temporaryFolder();
});
afterEach(() => removeFolder(temporary));

const environment = () => ({
  TMPDIR: temporary,
  // Node's own cache of compiled code would be in this folder, too.
  NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
});

async function command(...nodeOptions: string[]): Promise<[string, ...string[]]> {
  const [node, ...program] = await programCommand();
  return [node, ...nodeOptions, ...program, "--ephemeral"];
}

/** The data folder of `startServer` must stay empty. */
async function start(more: Record<string, string> = {}, ...nodeOptions: string[]): Promise<ServerProcess> {
  const server = await startServer({
    dataDir: join(temporary, "not-used"),
    command: await command(...nodeOptions),
    environment: { ...environment(), ...more },
  });
  expect(await readdir(temporary)).toEqual([expect.stringMatching(/^mailglass-ephemeral-/)]);
  return server;
}

/** The messages that a search finds: it opens the event database, which can take longer than a search waits for it. */
function counted(server: ServerProcess): Promise<number> {
  return eventually(async () => {
    // Without an account, it counts what a reset has not deleted yet.
    const answer = await fetch(`${server.url}/admin/messages/count?account=000000000000`);
    const { count, behind }: MessageCount = JSON.parse(await answer.text());
    expect(behind).toBeUndefined();
    return count;
  });
}

async function send(server: ServerProcess): Promise<string> {
  const { MessageId } = await server.client().send(
    new SendEmailCommand({
      FromEmailAddress: "sender@example.com",
      Destination: { ToAddresses: ["someone@example.com"] },
      Content: { Simple: { Subject: { Data: "Not kept" }, Body: { Text: { Data: "Hello" } } } },
    }),
  );
  expect(MessageId).toMatch(/^0100/);
  return MessageId ?? "";
}

describe("its data are gone", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const)("after %s", async (signal) => {
    await using server = await start({ MAILGLASS_SMTP_PORT: "0" });
    await send(server);
    expect(await counted(server)).toBe(1);
    await eventually(() => expect(server.output()).toContain("Nothing is kept"));
    expect(await server.kill(signal)).toMatchObject({ code: 0, signal: null });
    expect(await readdir(temporary)).toEqual([]);
  });

  test("after an error that nothing handles", async () => {
    const provoked = { PROVOKE: "uncaughtException", PROVOKE_ON: "SIGUSR2" };
    await using server = await start(provoked, ...hook("provoke-failure"));
    await send(server);
    expect(await server.kill("SIGUSR2")).toMatchObject({ code: failureExitCode });
    expect(await readdir(temporary)).toEqual([]);
  });

  test("after a stall of the main thread", async () => {
    await using server = await start({ MAILGLASS_STALL_SECONDS: "2" }, ...hook("stand-still"));
    const exit = await server.kill("SIGUSR2");
    expect(exit).toMatchObject({ signal: "SIGKILL" });
    expect(exit.stderr).toContain("stood still for 2 s. Start it again.");
    expect(await readdir(temporary)).toEqual([]);
  });

  test("after a start that fails", async () => {
    await using server = await start();
    const other = { ...environment(), MAILGLASS_PORT: new URL(server.url).port };
    const dataDir = join(temporary, "not-used");
    const exit = await (await spawnServer({ dataDir, command: await command(), environment: other })).exit;
    expect(exit.code).toBe(1);
    expect(await readdir(temporary)).toHaveLength(1);
    await server.stop();
    expect(await readdir(temporary)).toEqual([]);
  });

  test("after the end of a process that forked it", async () => {
    const [, ...program] = await programCommand();
    const child = fork(program.at(-1) ?? "", ["--ephemeral"], {
      env: { ...process.env, ...environment(), MAILGLASS_PORT: "0", MAILGLASS_SMTP_PORT: "0" },
      execArgv: program.slice(0, -1),
      silent: true,
    });
    const ended = once(child, "exit");
    child.stdout?.resume();
    child.stderr?.resume();
    const [listening] = await once(child, "message");
    expect(listening).toMatchObject({ url: expect.stringMatching(/^http:/), ports: { smtp: expect.any(Number) } });
    // As when this process ends.
    child.disconnect();
    expect(await ended).toEqual([0, null]);
    expect(await readdir(temporary)).toEqual([]);
  });
});

test("the event database is opened for searches, metrics and exports, not for what most tests do", async () => {
  await using server = await start();
  const [folder = ""] = await readdir(temporary);
  const isOpened = () => existsSync(join(temporary, folder, "clickhouse"));
  const mailglass = await connectMailglass(server.url);
  const first = await send(server);
  expect((await mailglass.inbox.waitFor({ to: "someone@example.com" })).id).toBe(first);
  await mailglass.reset();
  const ids = [await send(server), await send(server)];
  expect((await mailglass.inbox.list({}, { order: "oldest" })).map(({ id }) => id)).toEqual(ids);
  const insights = await server.client().send(new GetMessageInsightsCommand({ MessageId: ids[0] }));
  expect(insights.Insights?.[0]?.Events?.map(({ Type }) => Type)).toEqual(["SEND", "DELIVERY"]);
  expect(isOpened()).toBe(false);

  const StartDate = new Date(Date.now() - 24 * 3_600_000);
  const EndDate = new Date(Date.now() + 24 * 3_600_000);
  const query = { Id: "sent", Namespace: "VDM", Metric: "SEND", StartDate, EndDate } as const;
  const metrics = await server.client().send(new BatchGetMetricDataCommand({ Queries: [query] }));
  expect(metrics.Results?.[0]?.Values?.reduce((sum, value) => sum + value, 0)).toBe(2);
  expect(isOpened()).toBe(true);
  // What was sent before and after, from then on.
  ids.push(await send(server));
  expect(await counted(server)).toBe(3);
  expect((await mailglass.inbox.list({}, { order: "oldest" })).map(({ id }) => id)).toEqual(ids);
});

test("the event database is opened once many events wait for it", async () => {
  await using server = await start({ MAILGLASS_LOG_LEVEL: "error" });
  const [folder = ""] = await readdir(temporary);
  const recipients = Array.from({ length: 50 }, (_, n) => `someone-${n}@example.com`);
  const mail = {
    FromEmailAddress: "sender@example.com",
    Destination: { ToAddresses: recipients },
    Content: { Simple: { Subject: { Data: "To many" }, Body: { Text: { Data: "Hello" } } } },
  };
  // A SEND and a DELIVERY for each: 2,000 events.
  for (let n = 0; n < 20; n++) await server.client().send(new SendEmailCommand(mail));
  await eventually(() => expect(existsSync(join(temporary, folder, "clickhouse"))).toBe(true));
  expect(await counted(server)).toBe(1_000);
});

test("the next start removes what a killed process left behind, and nothing of a running one", async () => {
  await using running = await start();
  const [own = ""] = await readdir(temporary);
  const killed = await startServer({ dataDir: temporary, command: await command(), environment: environment() });
  await killed.kill("SIGKILL");
  // Killed before it had locked its folder, long ago and just now; and a folder of something else.
  const [old, recent, foreign] = ["mailglass-unlocked-abcdef", "mailglass-unlocked-ghijkl", "mailglass-other"];
  for (const name of [old, recent, foreign]) await mkdir(join(temporary, name));
  await utimes(join(temporary, old), 1, 1);
  expect(await readdir(temporary)).toHaveLength(5);

  const next = await startServer({ dataDir: temporary, command: await command(), environment: environment() });
  expect(await readdir(temporary)).toHaveLength(4);
  expect(existsSync(join(temporary, old))).toBe(false);
  await send(running);
  await next.stop();
  expect((await readdir(temporary)).toSorted()).toEqual([own, recent, foreign].toSorted());
});

test.each([
  ["MAILGLASS_POSTGRES_URL", "postgres://127.0.0.1/mailglass"],
  ["MAILGLASS_CLICKHOUSE_URL", "http://127.0.0.1:8123/mailglass"],
  ["MAILGLASS_S3_BUCKET", "mail"],
])("it does not start with %s, where data would stay", async (name, value) => {
  const port = String(await freePort());
  const more = { ...environment(), [name]: value, MAILGLASS_PORT: port };
  const exit = await (await spawnServer({ dataDir: temporary, command: await command(), environment: more })).exit;
  expect(exit).toMatchObject({ code: 1, stdout: "" });
  expect(exit.stderr).toBe(`mailglass: ${name}: with --ephemeral, data is in a temporary folder only; unset it\n`);
  expect(await readdir(temporary)).toEqual([]);
});

test("the arguments of serve are explained, and unknown ones are refused", async () => {
  const run = async (...args: string[]) => {
    const [node, ...program] = await programCommand();
    const command: [string, ...string[]] = [node, ...program, ...args];
    return (await spawnServer({ dataDir: temporary, command, environment: environment() })).exit;
  };
  for (const args of [["--help"], ["serve", "-h"]]) {
    const help = await run(...args);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toMatch(/^usage: mailglass \[serve\] \[--ephemeral\]\n/);
  }
  const refused = await run("--ephemereal");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/^mailglass serve: .*--ephemereal.*\nusage: /);
});
