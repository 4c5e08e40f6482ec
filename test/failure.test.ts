/** The process ends by itself where an error reaches nobody: with a line in its log, and one for people. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureExitCode } from "../src/common/failure-exit-code.ts";
import { programCommand } from "./support/program.ts";
import { type Exit, removeFolder, spawnServer, startServer, temporaryFolder } from "./support/server-process.ts";

const hook = join(import.meta.dirname, "support/provoke-failure.ts");

async function command(...args: string[]): Promise<[string, ...string[]]> {
  const [node, ...program] = await programCommand();
  return [node, "--import", hook, ...program, ...args];
}

const forPeople =
  /^mailglass: it ended because of an internal error \(.+\)\. What it had acknowledged is kept: start it again, and report this with the fatal line of its log\.$/m;

/** The one fatal line of a log. A line that was being written when it was logged may follow it. */
function fatalLine(log: string): unknown {
  const lines = log.split("\n").filter((line) => line.startsWith('{"level":60'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "null");
}

describe("an error that nothing handles", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => removeFolder(folder));

  const provoked = {
    type: "Error",
    message: "provoked\nwith a second line",
    stack: expect.stringContaining("provoke"),
  };

  test.each(["unhandledRejection", "uncaughtException"])("ends a server that serves (%s)", async (event) => {
    const server = await startServer({
      dataDir: folder,
      command: await command(),
      environment: { PROVOKE: event, PROVOKE_ON: "SIGUSR2" },
    });
    const exit = await server.kill("SIGUSR2");
    expect(exit).toMatchObject({ code: failureExitCode, signal: null });
    expect(fatalLine(exit.stdout)).toMatchObject({ level: 60, event, err: provoked });
    expect(exit.stderr).toMatch(forPeople);
    expect(exit.stderr).toContain("(Error: provoked)");
  });

  const run = async (args: string[], environment: Record<string, string>): Promise<Exit> =>
    (await spawnServer({ dataDir: folder, command: await command(...args), environment })).exit;

  test.each([["keys", "list"], ["identity", "a.example"], ["simulate"], ["classify", "-"]])(
    "ends the command %s, even before its settings are read",
    async (...args) => {
      for (const event of ["unhandledRejection", "uncaughtException"]) {
        const exit = await run(args, { PROVOKE: event });
        expect(exit).toMatchObject({ code: failureExitCode, signal: null });
        const log = exit.stdout.includes('"level":60') ? exit.stdout : exit.stderr;
        expect(fatalLine(log)).toMatchObject({ level: 60, event, err: provoked });
        expect(exit.stderr).toMatch(forPeople);
      }
    },
  );

  test("ends it for what is no error, too", async () => {
    const exit = await run(["keys", "list"], { PROVOKE: "no error" });
    expect(exit).toMatchObject({ code: failureExitCode, signal: null });
    expect(fatalLine(exit.stderr)).toMatchObject({ level: 60, event: "unhandledRejection", err: "only a text" });
    expect(exit.stderr).toContain("(only a text)");
  });
});
