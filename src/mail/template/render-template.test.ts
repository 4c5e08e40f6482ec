import { describe, expect, test } from "vitest";
import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";
import { parseTemplateData } from "./template-data.ts";

const render = (template: string, data = "{}") => renderTemplate(parseTemplate(template), parseTemplateData(data));

test.each<[template: string, data: string, output: string]>([
  // Values
  ["Hi {{name}}!", '{"name":"Jo"}', "Hi Jo!"],
  // SES escapes nothing.
  ["{{a}}{{{a}}}{{&a}}", '{"a":"<b>&\\""}', '<b>&"<b>&"<b>&"'],
  ["{{a}} {{b}} {{c}}", '{"a":0,"b":false,"c":1.5}', "0 false 1.5"],
  ["{{a}}", '{"a":""}', ""],
  ["{{a}}{{b}}", '{"a":[1,"x"],"b":{"c":null}}', '[1,"x"]{"c":null}'],
  ["{{a.b.[0]}} {{a/b/[1]}} {{a.b.length}}", '{"a":{"b":["x","y"]}}', "x y 2"],
  ["{{[first name]}} {{first-name}}", '{"first name":"A","first-name":"B"}', "A B"],
  ["{{this.a}}{{./a}}{{@root.a}}", '{"a":1}', "111"],
  ['{{"text"}} {{12}} {{true}}', "{}", "text 12 true"],
  // Conditions
  ["{{#if a}}1{{else if b}}2{{else}}3{{/if}}", '{"a":1}', "1"],
  ["{{#if a}}1{{else if b}}2{{else}}3{{/if}}", '{"b":1}', "2"],
  ["{{#if a}}1{{else if b}}2{{else}}3{{/if}}", "{}", "3"],
  ["{{#unless a}}no{{else}}yes{{/unless}}", '{"a":[]}', "no"],
  ["{{#unless a}}no{{else}}yes{{/unless}}", '{"a":{}}', "yes"],
  ["{{#if a}}1{{/if}}{{#if a includeZero=true}}2{{/if}}", '{"a":0}', "2"],
  ["{{#if missing.deeper}}1{{/if}}", "{}", ""],
  // Loops and contexts
  ["{{#each a}}{{@index}}{{@first}}{{@last}}{{this}};{{/each}}", '{"a":["x","y"]}', "0truefalsex;1falsetruey;"],
  ["{{#each a}}{{@key}}={{.}};{{/each}}", '{"a":{"x":1,"y":2}}', "x=1;y=2;"],
  ["{{#each a}}x{{else}}none{{/each}}{{#each b}}x{{else}}none{{/each}}", '{"a":[]}', "nonenone"],
  ["{{#each a as |item i|}}{{i}}{{item.b}}{{../c}}{{/each}}", '{"a":[{"b":1}],"c":2}', "012"],
  [
    "{{#each a}}{{#each this}}{{@../index}}{{@index}}{{this}} {{/each}}{{/each}}",
    '{"a":[["x"],["y","z"]]}',
    "00x 10y 11z ",
  ],
  ["{{#each a}}{{#if ../b}}{{../b}}{{/if}}{{/each}}", '{"a":[1],"b":"up"}', "up"],
  ["{{#with a}}{{b}}{{../c}}{{else}}none{{/with}}", '{"a":{"b":1},"c":2}', "12"],
  ["{{#with a}}x{{else}}none{{/with}}", "{}", "none"],
  ["{{#with a as |x|}}{{x.b}}{{/with}}", '{"a":{"b":1}}', "1"],
  [
    "{{#a}}{{b}}{{/a}}{{#c}}{{this}}{{/c}}{{^d}}no{{/d}}{{#e}}yes{{/e}}",
    '{"a":{"b":1},"c":[2,3],"e":true}',
    "123noyes",
  ],
  ["{{lookup a k}}{{lookup a 0}}{{lookup (lookup b 0) 'x'}}", '{"a":["p","q"],"k":1,"b":[{"x":7}]}', "qp7"],
  // Partials
  [
    '{{#* inline "x"}}<{{name}}>{{/inline}}{{> x}}{{> x name="B"}}{{> x other}}',
    '{"name":"A","other":{"name":"C"}}',
    "<A><B><C>",
  ],
  ["{{> x}}{{#*inline 'x'}}later{{/inline}}", "{}", "later"],
  ["{{#*inline 'x'}}1{{/inline}}{{#if a}}{{#*inline 'x'}}2{{/inline}}{{> x}}{{/if}}{{> x}}", '{"a":1}', "21"],
  ["{{#> x}}instead{{/x}}", "{}", "instead"],
  ["{{> (lookup . 'p')}}{{#*inline 'y'}}dynamic{{/inline}}", '{"p":"y"}', "dynamic"],
  // Whitespace, comments, escapes
  ["a {{~b~}} c", '{"b":"-"}', "a-c"],
  ["a{{! no }}{{!-- {{no}} --}}b", "{}", "ab"],
  ["{{#if a}}\n  x\n{{/if}}\ny", '{"a":1}', "  x\ny"],
  ["\\{{a}} \\\\{{a}}", '{"a":1}', "{{a}} \\1"],
  // What SES fills in later
  ["{{amazonSESUnsubscribeUrl}} {{ses:openTracker}}", "{}", "{{amazonSESUnsubscribeUrl}} {{ses:openTracker}}"],
  // Own properties, whatever they are called
  ["{{__proto__}}{{constructor}}", '{"__proto__":1,"constructor":2}', "12"],
  ["{{#*inline '__proto__'}}p{{/inline}}{{> __proto__ __proto__=1}}", "{}", "p"],
  ["{{id}}", '{"id":1234567890123456789}', "1234567890123456789"],
  [
    "{{#each l}}{{this}} {{/each}}",
    '{"l":[100000000000000000001,-12345678901234567890]}',
    "100000000000000000001 -12345678901234567890 ",
  ],
  [
    "{{l}}",
    '{"l":[1234567890123456789,{"a":0.12345678901234567891,"b":[1.5,null,"x"]}]}',
    '[1234567890123456789,{"a":0.12345678901234567891,"b":[1.5,null,"x"]}]',
  ],
  [
    "{{#if id}}yes{{/if}}{{#with id}}{{this}}{{/with}}{{lookup in 'id'}}",
    '{"id":9007199254740993,"in":{"id":1e999}}',
    "yes90071992547409931e999",
  ],
  [
    "{{a}} {{b}} {{c}} {{d}}",
    '{"a":1.50,"b":9007199254740991,"c":0.1,"d":0.0000000000000000000}',
    "1.5 9007199254740991 0.1 0",
  ],
])("%s with %s", (template, data, output) => {
  expect(render(template, data)).toBe(output);
});

describe("an attribute that the data lacks", () => {
  test.each<[template: string, data: string, name: string]>([
    ["{{name}}", "{}", "name"],
    ["{{Name}}", '{"name":"x"}', "Name"],
    ["{{a.b}}", '{"a":{}}', "a.b"],
    ["{{a}}", '{"a":null}', "a"],
    ["{{../a}}", '{"a":1}', "../a"],
    ["{{#each l}}{{a}}{{/each}}", '{"a":1,"l":[{}]}', "a"],
    ["{{@index}}", "{}", "@index"],
    ["{{#IF a}}{{/IF}}", '{"a":1}', "IF"],
    ["{{eq a b}}", '{"a":1,"b":1}', "eq"],
    // Nothing of JavaScript's shows.
    ["{{constructor}}", "{}", "constructor"],
    ["{{__proto__}}", "{}", "__proto__"],
    ["{{a.constructor.name}}", '{"a":"text"}', "a.constructor.name"],
    ["{{a.length}}", '{"a":"text"}', "a.length"],
    ["{{a.map}}", '{"a":[]}', "a.map"],
    ["{{toString}}", "{}", "toString"],
    ["{{#with (lookup this 'constructor')}}x{{else}}{{no}}{{/with}}", "{}", "no"],
  ])("%s", (template, data, name) => {
    expect(() => render(template, data)).toThrow(`Attribute '${name}' is not present in the rendering data.`);
  });
});

test.each<[template: string, text: string]>([
  ["{{name", "The template is not valid"],
  ["{{#if a}}", "The template is not valid"],
  ["{{#if a}}{{/each}}", "The template is not valid"],
  ["{{#if}}{{/if}}", "#if takes exactly one argument."],
  ["{{#each a b}}{{/each}}", "#each takes exactly one argument."],
  ["{{*decorator}}", "not supported"],
  ["{{#*other 'x'}}{{/other}}", "not supported"],
  ["{{{{raw}}}}{{{{/raw}}}}", "Raw blocks are not supported"],
  ["\0", "NUL"],
  ["{{a b=(c)}}{{(lookup a 1).b}}", "not supported"],
])("%s is refused when it is read", (template, text) => {
  expect(() => parseTemplate(template)).toThrow(expect.objectContaining({ name: "TemplateError" }));
  expect(() => parseTemplate(template)).toThrow(text);
});

describe("bounds", () => {
  const growing = Array.from({ length: 30 }, (_, i) => `{{#*inline "p${i}"}}{{> p${i + 1}}}{{> p${i + 1}}}{{/inline}}`);
  test.each<[what: string, template: string, data: string, text: string]>([
    ["partials that double", `${growing.join("")}{{#*inline "p30"}}x{{/inline}}{{> p0}}`, "{}", "too many steps"],
    ["a partial that calls itself", '{{#*inline "x"}}{{> x}}{{/inline}}{{> x}}', "{}", "nested too deeply"],
    [
      "loops in loops",
      "{{#each a}}{{#each ../a}}{{#each ../../a}}x{{/each}}{{/each}}{{/each}}",
      JSON.stringify({ a: Array(1000).fill(0) }),
      "too many steps",
    ],
    [
      "a long value often",
      "{{#each a}}{{../b}}{{/each}}",
      JSON.stringify({ a: Array(1000).fill(0), b: "x".repeat(100_000) }),
      "too long",
    ],
    [
      "parameters that copy much",
      '{{#*inline "x"}}{{/inline}}{{#each a}}{{> x .. b=1}}{{/each}}',
      JSON.stringify({ a: Array(1000).fill(0), ...Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, i])) }),
      "too many steps",
    ],
  ])("%s ends with an error", (_, template, data, text) => {
    expect(() => render(template, data)).toThrow(expect.objectContaining({ name: "TemplateError" }));
    expect(() => render(template, data)).toThrow(text);
  });

  test.each([
    ["blocks", "{{#if a}}".repeat(51) + "{{/if}}".repeat(51)],
    ["blocks without an end", "{{#if a}}".repeat(50_000)],
    ["ends that aren't ends", '{{#if a}}{{!-- {{/if}} --}}\\{{/if}}{{"{{/if}}"}}'.repeat(51)],
    ["inverse blocks", "{{^a}}".repeat(51)],
    ["else chains", `{{#if a}}${"{{else if a}}".repeat(51)}{{/if}}`],
    ["subexpressions", `{{a ${"(b ".repeat(51)}${")".repeat(51)}}}`],
    ["subexpressions behind a quoted end of tag", `{{a "}}" ${"(b ".repeat(51)}${")".repeat(51)}}}`],
  ])("%s nested too deeply are not even parsed", (_, template) => {
    expect(() => parseTemplate(template)).toThrow("must not be nested more than 50 levels deep");
  });

  test.each([
    ["tags", "{{a}}".repeat(10_001)],
    ["comments", "{{! a }}".repeat(501)],
    ["segments", "{{[a]}}".repeat(501)],
    ["characters in tags", `{{a ${"b ".repeat(50_001)}}}`],
  ])("too many %s are not even parsed", (_, template) => {
    expect(() => parseTemplate(template)).toThrow("too many or too long tags");
  });

  test("parentheses and blocks next to each other are not nested", () => {
    const text = "{{#if a}}(((({{/if}}{{lookup (lookup . 'b') 'c'}}".repeat(200);
    expect(render(text, '{"a":1,"b":{"c":2}}')).toBe("((((2".repeat(200));
  });
});

describe("template data", () => {
  test.each([undefined, "", " ", "{}"])("%j is no data", (text) => {
    expect(parseTemplateData(text)).toEqual({});
  });

  test.each([
    ["{", "not valid JSON"],
    ["{'a':1}", "not valid JSON"],
    ["[]", "must be a JSON object"],
    ["null", "must be a JSON object"],
    ['"text"', "must be a JSON object"],
    [`{"a":${"[".repeat(100)}${"]".repeat(100)}}`, "nested more than 100 levels"],
    ["[".repeat(262_144), "nested more than 100 levels"],
  ])("bad data %# is refused", (text, message) => {
    expect(() => parseTemplateData(text)).toThrow(expect.objectContaining({ name: "TemplateError" }));
    expect(() => parseTemplateData(text)).toThrow(message);
  });

  test("brackets in texts don't count, nor do those side by side", () => {
    const data = { a: '[{\\"'.repeat(200), b: Array(200).fill([]) };
    expect(parseTemplateData(JSON.stringify(data))).toEqual(data);
  });
});
