/** The session in the README: run as it stands there, it prints what stands there. */
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./support/server-process.ts";

const project = join(import.meta.dirname, "..");

/** Ids and times differ each time. */
function withoutChance(output: string): string {
  return output
    .replace(/\b0100[0-9a-f]{12}-[0-9a-f-]{36}-000000\b/g, "ID")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/g, "TIME");
}

test("the session runs and prints what the README says", async () => {
  const readme = await readFile(join(project, "README.md"), "utf8");
  const script = /```js\n(.*?)```/s.exec(readme)?.[1];
  const printed = /```text\n(.*?)```/s.exec(readme)?.[1];
  if (script === undefined || printed === undefined) throw new Error("the README has lost its session");
  // In the project, since it imports the SDK.
  const file = join(project, `readme-session-${process.pid}.mjs`);
  // As `npm start` does.
  await using server = await startServer({ command: [process.execPath, "src/main.ts"] });
  await writeFile(file, script);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file], {
      env: { ...process.env, AWS_ENDPOINT_URL_SESV2: server.url },
    });
    expect(withoutChance(stdout).trim()).toBe(withoutChance(printed).trim());
  } finally {
    await rm(file, { force: true });
  }
});
