/** The examples in docs/webhooks.md that verify signatures, in the languages that are installed for other tests. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { boto3Missing } from "../../../test/support/missing-tools.ts";
import { createWebhookSecret, signatureHeaders, signingKey } from "./standard-webhooks.ts";

const page = await readFile(new URL("../../../docs/webhooks.md", import.meta.url), "utf8");

/** The first example in a language: the envelope `event` comes first. */
function exampleOf(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/webhooks.md has no example in ${language}`);
  return code;
}

const secret = createWebhookSecret();
const foreign = createWebhookSecret();
const body = '{"eventType":"Delivery","text":"grüße"}';
const now = Math.floor(Date.now() / 1000);

function headersOf(secrets: readonly string[], timestamp = now): Record<string, string> {
  const list = signatureHeaders(secrets.map(signingKey), {
    id: "b37935ed-62e0-44f5-9ada-3b7d900006d0",
    timestamp,
    body,
  });
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? ""]] : [])));
}

const right = headersOf([secret]);
const cases: readonly [string, boolean, Record<string, string>, string][] = [
  ["its own signature", true, right, body],
  ["a signature during a rotation", true, headersOf([foreign, secret]), body],
  ["a foreign signature", false, headersOf([foreign]), body],
  ["a changed body", false, right, `${body} `],
  ["an old time", false, headersOf([secret], now - 400), body],
  ["a time that is none", false, { ...right, "webhook-timestamp": "soon" }, body],
  ["a signature that is none", false, { ...right, "webhook-signature": "v1,é v2,x v1" }, body],
];

/** Runs a program that reads the cases as JSON and prints the results as JSON; returns them with the cases' names. */
function resultsOf(command: string, code: string): [string, boolean | undefined][] {
  const input = JSON.stringify(cases.map(([, , headers, text]) => [headers, text]));
  const { stdout, stderr } = spawnSync(command, [command === process.execPath ? "-e" : "-c", code], {
    input,
    env: { SECRET: secret, PYTHONUTF8: "1" },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const results: boolean[] = JSON.parse(stdout);
  return cases.map(([name], index) => [name, results[index]]);
}

const expected = cases.map(([name, accepted]) => [name, accepted]);

describe("the examples that verify a signature", () => {
  it("accept right signatures and refuse others: Node", () => {
    const code = `${exampleOf("js")}
      const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      console.log(JSON.stringify(cases.map(([headers, body]) => verify(process.env.SECRET, headers, body))));`;
    // With -e, Node takes CommonJS.
    const script = code.replace(/^import (.*) from (.*);$/m, "const $1 = require($2);");
    expect(resultsOf(process.execPath, script)).toEqual(expected);
  });

  it.skipIf(boto3Missing())("are the same in Python", () => {
    const code = `${exampleOf("python")}
import json, os, sys
print(json.dumps([verify(os.environ["SECRET"], headers, body.encode()) for headers, body in json.load(sys.stdin)]))`;
    expect(resultsOf("/usr/bin/python3", code)).toEqual(expected);
  });

  it.each(["go", "php", "ruby"])("are there in %s, for both envelopes", (language) => {
    expect(page.split(`\`\`\`${language}\n`)).toHaveLength(3);
  });
});
