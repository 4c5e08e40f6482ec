/** The package as its users get it: packed, installed into an empty project, and run with `npx mailglass`. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { GetMessageInsightsCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { eventually } from "./support/eventually.ts";
import { removeFolder, startServer, temporaryFolder } from "./support/server-process.ts";

const project = join(import.meta.dirname, "..");
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
});
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

// The install copies chDB (540 MB): 10 s from npm's cache, which `npm ci` has filled.
it("installs and runs", async () => {
  const file = (await npm(project, "pack", "--silent", "--pack-destination", folder)).trim().split("\n").at(-1) ?? "";
  expect(file).toMatch(/^mailglass-\d+\.\d+\.\d+.*\.tgz$/);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, file));

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
}, 300_000);
