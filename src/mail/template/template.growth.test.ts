import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";
import { parseTemplateData } from "./template-data.ts";
import { TemplateError } from "./template-error.ts";

const templates: Readonly<Record<string, (size: number) => string>> = {
  tags: (size) => filled("{{x}}", size),
  "escaped tags": (size) => filled("\\{{x}}", size),
  "open tags": (size) => filled("{{", size),
  blocks: (size) => filled("{{#if x}}{{/if}}", size),
  "open blocks": (size) => filled("{{#if x}}", size),
  "a chain of else": (size) => `{{#if x}}${filled("{{else if x}}", size)}{{/if}}`,
  comments: (size) => filled("{{! x}}", size),
  "open comments": (size) => filled("{{!--", size),
  parentheses: (size) => `{{a ${filled("(", size)}}}`,
  segments: (size) => `{{a ${filled("[a]", size)}}}`,
  "open segments": (size) => `{{a${filled("[", size)}`,
  "escaped quotes": (size) => `{{a "${filled('\\"', size)}`,
  "quotes of two kinds": (size) => `{{a ${filled("\"'", size)}}}`,
  "a long path": (size) => `{{${filled("a.", size)}a}}`,
  parameters: (size) => `{{> a ${filled("a=1 ", size)}}}`,
  "spaces in a tag": (size) => `{{${filled(" ", size)}x}}`,
  "spaces before a block": (size) => `${filled(" ", size)}x{{#if x}}${filled(" ", size)}x{{/if}}`,
  "lines before a block": (size) => `${filled("\n", size)}x\n{{#if x}}\n{{/if}}`,
  "lines before a tag that trims": (size) => `${filled("\n", size)}x{{~x~}}x${filled("\n", size)}`,
  backslashes: (size) => `${filled("\\", size)}{{x}}`,
};

describe("templates are parsed in linear time", () => {
  it.each(Object.entries(templates))("%s", async (_, make) => {
    await expectLinear(make, refusable(parseTemplate, TemplateError), { least: 2048 });
  });
});

const list = (size: number) => ({ x: Array.from({ length: size }, () => 1) });

describe("templates are rendered in linear time", () => {
  it.each([
    "{{#each x}}{{this}}{{@index}}{{/each}}",
    "{{#each x}}{{../x}}{{/each}}",
    "{{#each x}}{{#each ../x}}{{/each}}{{/each}}",
    '{{#*inline "a"}}{{/inline}}{{#each x}}{{> a .. b=1}}{{/each}}',
  ])("%s", async (template) => {
    const parsed = parseTemplate(template);
    const render = (data: ReturnType<typeof list>) => renderTemplate(parsed, data);
    await expectLinear(list, refusable(render, TemplateError), { most: 4096 });
  });

  it("many values", async () => {
    await expectLinear(
      (size) => parseTemplate(filled("{{x}}", Math.min(size, 45_000))),
      (template) => renderTemplate(template, { x: "y" }),
      { most: 8192 },
    );
  });
});

const data: Readonly<Record<string, (size: number) => string>> = {
  lists: (size) => `{"a":${filled("[", size)}`,
  "escaped quotes": (size) => `{"a":"${filled('\\"', size)}"}`,
  "quotes that are escaped after they open": (size) => filled('"\\', size),
  "an open string": (size) => `{"a":"${filled("a", size)}`,
  keys: (size) => `{${numbered((one) => `"k${one}":1,`, size)}"z":1}`,
  "one key": (size) => `{${filled('"k":1,', size)}"z":1}`,
  "a long number": (size) => `{"a":${filled("1", size)}}`,
  numbers: (size) => `{"a":[${filled("1,", size)}1]}`,
};

describe("template data is parsed in linear time", () => {
  it.each(Object.entries(data))("%s", async (_, make) => {
    await expectLinear(make, refusable(parseTemplateData, TemplateError), { most: 4096 });
  });
});
