import { expect, it } from "vitest";
import { findLinks } from "./links.ts";

const ofHtml = (html: string) => findLinks({ html, text: undefined });
const ofText = (text: string) => findLinks({ html: undefined, text }).map(({ url }) => url);

it("are those of elements in their order, decoded, with what they show", () => {
  expect(
    ofHtml(`
      <style>a { background: url(https://example.com/style) }</style>
      <img src="https://example.com/picture">
      <link href="https://example.com/sheet">
      <a href="https://example.com/confirm?a=1&amp;b=&#50;">Confirm <b>your</b>
        address</a>
      <a href=' https://example.com/reset
?x '>Reset</a>
      <map><area href="https://example.com/area" alt="An area"></map>
      <a href="mailto:help@example.com">Help</a> <a href="myapp://open/1">Open</a>`),
  ).toEqual([
    { url: "https://example.com/confirm?a=1&b=2", text: "Confirm your address" },
    { url: "https://example.com/reset?x", text: "Reset" },
    { url: "https://example.com/area", text: "An area" },
    { url: "mailto:help@example.com", text: "Help" },
    { url: "myapp://open/1", text: "Open" },
  ]);
});

it("are each told once, with the first text that says anything", () => {
  const html = `<a href="https://a.example/"><img src="x"></a><a href="https://a.example/">Go</a><a href="https://a.example/">Again</a>`;
  expect(ofHtml(html)).toEqual([{ url: "https://a.example/", text: "Go" }]);
  expect(ofHtml(`<a href="https://a.example/"><img alt="The logo" src="x"></a>`)).toEqual([
    { url: "https://a.example/", text: "The logo" },
  ]);
});

it("lead out of the mail", () => {
  const nowhere = ["", "#top", "/path", "javascript:alert(1)", "data:text/html,x", "cid:a", "java\nscript:alert(1)"];
  expect(ofHtml(nowhere.map((href) => `<a href="${href}">x</a>`).join(""))).toEqual([]);
  expect(ofHtml("<a>none</a><script>https://example.com/script</script>")).toEqual([]);
});

it.each([
  ["See https://example.com/a, and http://example.com/b.", ["https://example.com/a", "http://example.com/b"]],
  ["(https://example.com/a) [https://example.com/b]", ["https://example.com/a", "https://example.com/b"]],
  ["https://example.com/wiki/A_(b) is one", ["https://example.com/wiki/A_(b)"]],
  ["<https://example.com/?a=1&b=2>", ["https://example.com/?a=1&b=2"]],
  ["\"https://example.com/a\" 'https://example.com/b'", ["https://example.com/a", "https://example.com/b"]],
  ["*https://example.com/a* HTTPS://EXAMPLE.COM/B", ["https://example.com/a", "HTTPS://EXAMPLE.COM/B"]],
  ["https://example.com/a?x=1#frag!", ["https://example.com/a?x=1#frag"]],
  ["https://example.com/ä/日本", ["https://example.com/ä/日本"]],
  ["https:// http://?x xhttps://example.com/", []],
])("are the URLs of plain text, without what surrounds them: %s", (text, urls) => {
  expect(ofText(text)).toEqual(urls);
});

it("of the HTML come before those that only the text has", () => {
  const html = `<a href="https://a.example/">A</a> or https://outside.example/`;
  expect(findLinks({ html, text: "https://b.example/ https://a.example/" })).toEqual([
    { url: "https://a.example/", text: "A" },
    { url: "https://b.example/", text: "" },
  ]);
  expect(ofHtml(html)).toEqual([
    { url: "https://a.example/", text: "A" },
    { url: "https://outside.example/", text: "" },
  ]);
});
