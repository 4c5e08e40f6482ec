/** A process whose event loop stands still is killed with a message; one that is only suspended goes on. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { programCommand } from "./support/program.ts";
import { startServer } from "./support/server-process.ts";

const hook = join(import.meta.dirname, "support/stand-still.ts");

test("a main thread that stands still ends the process, with a line for people and one in the log", async () => {
  const [node, ...program] = await programCommand();
  const command = [node, "--import", hook, ...program] as const;
  await using server = await startServer({ command, environment: { MAILGLASS_STALL_SECONDS: "5" } });
  const exit = await server.kill("SIGUSR2");
  expect(exit).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(exit.stderr).toMatch(
    /^mailglass: it ended because its main thread stood still for 5 s\. What it had acknowledged is kept: start it again\..+MAILGLASS_STALL_SECONDS\.$/m,
  );
  const last = exit.stdout.trimEnd().split("\n").at(-1) ?? "";
  expect(JSON.parse(last)).toMatchObject({ level: 60, pid: server.pid, msg: expect.stringContaining("stood still") });
});

test("a process that was suspended for longer than the limit goes on", async () => {
  await using server = await startServer({ environment: { MAILGLASS_STALL_SECONDS: "5" } });
  process.kill(server.pid, "SIGSTOP");
  // The limit is a time, so nothing but time can show that it does not pass.
  await delay(7_000);
  process.kill(server.pid, "SIGCONT");
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await delay(2_000);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
});

test("with a limit of 0 nothing watches, and SIGTERM ends the process at once", async () => {
  await using server = await startServer({ environment: { MAILGLASS_STALL_SECONDS: "0" } });
  expect((await server.stop()).code).toBe(0);
});
