import { expect, it } from "vitest";
import { htmlText, textHtml } from "./html-text.ts";

it.each([
  ["blocks stand on lines of their own", "<p>one</p><div>two<br>three</div>four", "one\n\ntwo\nthree\nfour"],
  ["white space is one space", "<p> a\r\n\t b <b> c</b>&nbsp;d </p>", "a b c d"],
  ["cells are apart", "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b\n\nc"],
  [
    "in pre, white space counts",
    "<pre>one\r\n    two  three\n\nfour</pre> <p>a\nb</p>",
    "one\n    two  three\n\nfour\n\na b",
  ],
  ["pre that isn't closed, and one too many closed", "</pre><p>a\nb</p><pre>c\nd", "a b\n\nc\nd"],
  ["entities are characters", "a &lt; b &amp;&#233;", "a < b &é"],
  ["pictures are what stands for them", '<img alt="a  logo" src=x> <img src=y>', "a logo"],
  ["what isn't shown is left out", "<head><title>t</title><style>s</style></head><script>x</script>y<!-- c -->", "y"],
  ["nothing", "", ""],
])("%s", (_what, html, text) => {
  expect(htmlText(html)).toBe(text);
});

it("has no stack for elements to fill", () => {
  expect(htmlText(`${"<div><pre>".repeat(200_000)}x`)).toBe("x");
});

it("shows a text as it is", () => {
  expect(textHtml("a <b> & c\n d")).toBe('<div style="white-space: pre-wrap">a &lt;b&gt; &amp; c\n d</div>');
  expect(htmlText(textHtml("<b> & c"))).toBe("<b> & c");
});
