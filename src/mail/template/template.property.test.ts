import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";
import { type JsonObject, parseTemplateData } from "./template-data.ts";
import { TemplateError } from "./template-error.ts";

const name = fc.constantFrom(
  "a",
  "b",
  "this",
  ".",
  "../a",
  "@index",
  "@../key",
  "a.b",
  "[0]",
  "__proto__",
  "constructor",
  "length",
);
const piece = fc.oneof(
  { weight: 4, arbitrary: name.map((one) => `{{${one}}}`) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom("#if", "#unless", "#each", "#with", "^", "#"), name)
      .map(([open, one]) => (open.length > 1 ? `{{${open} ${one}}}` : `{{${open}${one}}}`)),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "{{/if}}",
      "{{/unless}}",
      "{{/each}}",
      "{{/with}}",
      "{{/a}}",
      "{{else}}",
      "{{^}}",
      "{{else if a}}",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("{{> p}}", '{{#*inline "p"}}', "{{/inline}}", "{{#> p}}", "{{/p}}", "{{> p a a=1}}"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "{{",
      "}}",
      "{{{",
      "}}}",
      "{{~",
      "\\",
      '"',
      "(",
      ")",
      "[",
      "]",
      "|",
      "{{!",
      "{{!--",
      "--}}",
      "{{{{",
      "as |x|",
      "@",
      "=",
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
);
/** Pieces in any order, and blocks that are well formed. */
const { template } = fc.letrec<{ template: string; block: string }>((tie) => ({
  template: fc.array(fc.oneof(piece, tie("block")), { maxLength: 12 }).map((pieces) => pieces.join("")),
  block: fc.oneof(
    { maxDepth: 4 },
    fc.constant(""),
    fc
      .tuple(fc.constantFrom("if", "unless", "each", "with"), name, tie("template"), tie("template"))
      .map(([helper, one, body, inverse]) => `{{#${helper} ${one}}}${body}{{else}}${inverse}{{/${helper}}}`),
    tie("template").map((body) => `{{#*inline "p"}}${body}{{/inline}}{{> p}}`),
  ),
}));
const data = fc
  .dictionary(fc.constantFrom("a", "b", "x", "__proto__"), fc.jsonValue({ maxDepth: 3 }))
  .map((one) => JSON.stringify(one));

test("whatever the template and the data, there is a text or the template's own error", () => {
  let rendered = 0;
  fc.assert(
    fc.property(template, data, (text, json) => {
      try {
        expect(typeof renderTemplate(parseTemplate(text), parseTemplateData(json))).toBe("string");
        rendered++;
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError);
      }
    }),
    { numRuns: runs(3000) },
  );
  // Not all of them may fail, or this says nothing of rendering.
  expect(rendered).toBeGreaterThan(runs(100));
});

test("text without tags comes out as it went in", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("{{") && !text.includes("\0")),
      (text) => {
        expect(renderTemplate(parseTemplate(text), {})).toBe(text);
      },
    ),
  );
});

test("a text value comes out as it is, wherever it stands", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const given: JsonObject = parseTemplateData(JSON.stringify({ value, list: [value], in: { it: value } }));
      const text = renderTemplate(parseTemplate("{{value}}|{{#each list}}{{this}}{{/each}}|{{{in.it}}}"), given);
      expect(text).toBe([value, value, value].join("|"));
    }),
  );
});
