/** The examples in docs/testing.md, run as they stand there. */
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packageFile, readExamples, runNode, writeProject } from "./support/doc-examples.ts";
import { freePort } from "./support/free-port.ts";
import { removeFolder, temporaryFolder } from "./support/server-process.ts";

/** Nested runs start servers of their own, on a machine that may be busy. */
const withinMs = 300_000;

let examples: ReadonlyMap<string, string>;
beforeAll(async () => {
  examples = await readExamples("testing.md");
});

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => removeFolder(folder));

function example(name: string): string {
  const code = examples.get(name);
  if (code === undefined) throw new Error(`docs/testing.md has no example ${name}`);
  return code;
}

test("all TypeScript examples are run here", async () => {
  const run = ["failures.test.ts", "playwright.config.ts", "sign-up.spec.ts", "vitest.config.ts"];
  const names = [...examples.keys()].filter((name) => !/\.mjs$/.test(name));
  expect(names.sort()).toEqual([...run, "welcome.node.test.ts", "welcome.test.ts"]);
});

test(
  "those for Vitest, with one server for the run",
  async () => {
    const names = ["vitest.config.ts", "welcome.test.ts", "failures.test.ts"];
    const files = Object.fromEntries(names.map((name) => [name, example(name)]));
    await writeProject(folder, files, ["vitest", "@aws-sdk/client-sesv2"]);
    const { code, output } = await runNode(folder, packageFile("vitest", "vitest.mjs"), "run");
    expect(output).toMatch(/Tests\s+3 passed/);
    expect(code).toBe(0);
  },
  withinMs,
);

test(
  "that for Node's own runner",
  async () => {
    const name = "welcome.node.test.ts";
    await writeProject(folder, { [name]: example(name) }, ["@aws-sdk/client-sesv2"]);
    const { code, output } = await runNode(folder, "--test", name);
    expect(output).toContain("pass 1");
    expect(code).toBe(0);
  },
  withinMs,
);

describe("those for Playwright", () => {
  const shop = `
    import { createServer } from "node:http";
    import { json } from "node:stream/consumers";
    import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
    const ses = new SESv2Client();
    createServer(async (request, response) => {
      if (request.url === "/sign-up") {
        const { address } = await json(request);
        const html = '<a href="http://127.0.0.1:3000/confirm">Confirm</a>';
        await ses.send(
          new SendEmailCommand({
            FromEmailAddress: "shop@example.com",
            Destination: { ToAddresses: [address] },
            Content: { Simple: { Subject: { Data: "Welcome" }, Body: { Html: { Data: html } } } },
          }),
        );
      }
      response.end(request.url === "/confirm" ? "Confirmed" : "shop");
    }).listen(3000, "127.0.0.1");`;

  test(
    "with an application that Playwright starts",
    async () => {
      const [mailglass, application] = [await freePort(), await freePort()];
      const main = join(import.meta.dirname, "../src/main.ts");
      const here = (text: string) =>
        text
          .replaceAll("127.0.0.1:8025", `127.0.0.1:${mailglass}`)
          .replaceAll("3000", String(application))
          .replace("npx mailglass", `${process.execPath} ${main}`)
          .replace("MAILGLASS_SMTP_PORT", `MAILGLASS_PORT: "${mailglass}", MAILGLASS_SMTP_PORT`)
          .replace('"node shop', `"${process.execPath} shop`);
      const files = {
        "playwright.config.ts": here(example("playwright.config.ts")),
        "sign-up.spec.ts": here(example("sign-up.spec.ts")),
        "shop.mjs": here(shop),
      };
      await writeProject(folder, files, ["@playwright/test", "@aws-sdk/client-sesv2"]);
      const { code, output } = await runNode(folder, packageFile("@playwright/test", "cli.js"), "test");
      expect(output).toContain("1 passed");
      expect(code).toBe(0);
    },
    withinMs,
  );
});
