/** The admin API's preview of a template that is being written, and the frame that shows its HTML. */
import { createHash } from "node:crypto";
import { ListEmailTemplatesCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
});
afterAll(() => server.close());

async function post(body: string): Promise<{ status: number; headers: Headers; answer: unknown }> {
  const answer = await fetch(`${server.url}/admin/templates/preview`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return { status: answer.status, headers: answer.headers, answer: await answer.json() };
}

async function preview(TemplateContent: object, TemplateData?: string): Promise<unknown> {
  const { status, answer } = await post(JSON.stringify({ TemplateContent, TemplateData }));
  expect(status).toBe(200);
  return answer;
}

describe("a template that is being written", () => {
  it("is filled with its data, and nothing of it is kept", async () => {
    const parts = { Subject: "Hello {{name}}", Html: "<p>{{{html}}}</p>", Text: "{{#each of}}{{this}};{{/each}}" };
    const data = JSON.stringify({ name: "Jürgen", html: "<b>&</b>", of: [1, 2] });
    expect(await preview(parts, data)).toEqual({ subject: "Hello Jürgen", html: "<p><b>&</b></p>", text: "1;2;" });
    expect(await preview({ Subject: "", Text: "only text" }, "{}")).toEqual({ text: "only text" });
    expect(await preview({ Text: "no data" })).toEqual({ text: "no data" });
    const { headers } = await post(JSON.stringify({ TemplateContent: parts, TemplateData: data }));
    expect(headers.get("cache-control")).toBe("no-store");
    const { TemplatesMetadata } = await server.client.send(new ListEmailTemplatesCommand({}));
    expect(TemplatesMetadata).toEqual([]);
  });

  it.each([
    [
      "a variable that the data lacks",
      { Text: "{{name}}" },
      "{}",
      "Attribute 'name' is not present in the rendering data.",
    ],
    ["a block that does not end", { Text: "{{#if a}}x" }, "{}", /line 1/],
    ["a tag that does not end", { Html: "<p>{{name" }, "{}", /line 1/],
    ["data that is no JSON", { Text: "x" }, "{", /JSON/],
    ["data that is no object", { Text: "x" }, "[1]", /JSON/],
    ["nothing at all", { Subject: " " }, "{}", "The template must have a subject, a text part or an HTML part."],
    ["too much", { Text: "x".repeat(512_001) }, "{}", "The template is longer than 512000 bytes."],
  ])("has a fault, which is all that is told: %s", async (_, content, data, fault) => {
    expect(await preview(content, data)).toEqual({ fault: expect.stringMatching(fault) });
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["no content", "{}"],
    ["content that is a text", '{"TemplateContent":"x"}'],
    ["a part that is a number", '{"TemplateContent":{"Subject":1},"TemplateData":"{}"}'],
    ["data that is an object", '{"TemplateContent":{"Subject":"x"},"TemplateData":{}}'],
  ])("is refused where the request is not as it must be: %s", async (_, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(answer).toEqual({ message: expect.stringContaining("TemplateContent (Subject, Text, Html)") });
  });

  it("is refused where the request is too large", async () => {
    expect((await post(JSON.stringify({ TemplateContent: { Text: "x".repeat(5 << 20) } }))).status).toBe(413);
  });
});

test("the frame runs its own script only, loads nothing, and is framed by this server alone", async () => {
  const answer = await fetch(`${server.url}/admin/templates/preview-frame`);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  const [, script = ""] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(script).digest("base64");
  expect(answer.headers.get("content-security-policy")?.split("; ")).toEqual([
    "sandbox allow-scripts",
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ]);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
  });
});
