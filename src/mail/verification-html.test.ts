import { expect, test } from "vitest";
import { escapeHtml, VerificationHtmlError, verificationHtml } from "./verification-html.ts";

const html = (content: string) => verificationHtml(content, "<p>END</p>").html;
/** The content as it is sent, without what is around it. */
const body = (content: string) =>
  /^<!DOCTYPE html>\n(.*)\n<p>END<\/p>\n(?:<\/body>|<\/html>)*$/s.exec(html(content))?.[1];
const refusal = (content: string) => {
  try {
    verificationHtml(content, "");
  } catch (error) {
    if (error instanceof VerificationHtmlError) return error.message;
    throw error;
  }
  return undefined;
};

test("allowed elements and attributes are kept", () => {
  const content =
    '<h1 class="a" id="b" style="text-align:center" title="t">Hi</h1><p>1 &lt; 2 &amp; 3<br>' +
    '<b>b</b> <font>f</font></p><table summary="s" width="10"><tbody><tr><td colspan="2" abbr="x">c</td></tr></tbody></table>' +
    '<ol start="3" type="i"><li>x</li></ol><blockquote cite="https://example.com/">q</blockquote><img alt="a" src="https://example.com/a.png">';
  expect(body(content)).toBe(content);
});

test("the sample of SES's guide, with the ending in its body", () => {
  const sample =
    '<html><head></head><body style="font-family:sans-serif;"><h1 style="text-align:center">Ready?</h1><p>Text</p></body></html>';
  expect(html(`<!DOCTYPE html>\n${sample}`)).toBe(
    '<!DOCTYPE html>\n\n<html><head></head><body style="font-family:sans-serif;"><h1 style="text-align:center">Ready?</h1><p>Text</p>\n<p>END</p>\n</body></html>',
  );
});

test.each([
  ["plain text", "a < b & c > \"d\" 'e'", "a &lt; b &amp; c &gt; &quot;d&quot; 'e'"],
  ["elements that stay open", "<div><textarea><b>x", "<div><textarea>&lt;b&gt;x</textarea></div>"],
  ["elements in the wrong order", "<b><i>x</b></i>y", "<b><i>x</i></b>y"],
  ["closing tags of nothing", "x</p></div>", "x"],
  ["a second body", "<body>a<body>b</body>c", "<body>a<body>bc"],
  ["implied ends", "<ul><li>a<li>b<p>c<li>d</ul>", "<ul><li>a<li>b<p>c<li>d</li></ul>"],
  ["quotes in an attribute", "<p title='\"><script>'>x</p>", '<p title="&quot;&gt;&lt;script&gt;">x</p>'],
  ["a tag that does not end", "x<a href=https://example.com/", "x"],
  ["upper case", "<P CLASS=a>x</P>", '<p class="a">x</p>'],
])("%s", (_, content, sent) => {
  expect(body(content)).toBe(sent);
});

test.each([
  ['<a href="https://example.com/">x</a>', "the element <a> is not allowed."],
  ["<script>alert(1)</script>", "the element <script> is not allowed."],
  ["<SCRIPT/src=//x>", "the element <script> is not allowed."],
  ["<style>p{}</style>", "the element <style> is not allowed."],
  ["<title>x</title>", "the element <title> is not allowed."],
  ["<link rel=stylesheet>", "the element <link> is not allowed."],
  ["<meta http-equiv=refresh>", "the element <meta> is not allowed."],
  ["<iframe>", "the element <iframe> is not allowed."],
  ["<svg/onload=alert(1)>", "the element <svg> is not allowed."],
  ["x</a>", "the element <a> is not allowed."],
  [`<${"x".repeat(70)}>`, `the element <${"x".repeat(64)}…> is not allowed.`],
  ['<p onclick="x">', 'the element <p> can\'t have the attribute "onclick".'],
  ["<p align=left>", 'the element <p> can\'t have the attribute "align".'],
  ["<img src=x onerror=alert(1)>", "a picture's src must be a URL with http:, https: or data:."],
  ["<img onerror=alert(1)>", 'the element <img> can\'t have the attribute "onerror".'],
  ["<form action=https://example.com/>", 'the element <form> can\'t have the attribute "action".'],
  ["<img src=javascript:alert(1)>", "a picture's src must be a URL with http:, https: or data:."],
  ["<img src='java\nscript:alert(1)'>", "a picture's src must be a URL with http:, https: or data:."],
  ["<img src=cid:x>", "a picture's src must be a URL with http:, https: or data:."],
  ["<q cite=javascript:x>", "a cite must be a URL with http: or https:."],
  ["<q cite='data:text/html,x'>", "a cite must be a URL with http: or https:."],
  ["<p style='width: expr/* */ession(alert(1))'>", "a style has a backslash or something that could run a script."],
  ["<p style='background: url(java&#115;cript:x)'>", "a style has a backslash or something that could run a script."],
  ["<p style='w: \\65xpression(1)'>", "a style has a backslash or something that could run a script."],
  ["a<!-- b -->c", "comments are not allowed."],
  ["a<!-- b", "comments are not allowed."],
  ["<!--[if mso]>x<![endif]-->", "comments are not allowed."],
  ["<![CDATA[x]]>", "comments are not allowed."],
  ["<?xml version='1.0'?>", "comments are not allowed."],
  ["<!ENTITY x>", "comments are not allowed."],
  ["<div>".repeat(257), "elements are nested more than 256 deep."],
  ["<img src=data:text/html;base64,eA==>", expect.stringMatching(/^a data: URL must be a picture in base64/)],
  ["<img src=data:image/svg+xml;base64,eA==>", expect.stringMatching(/^a data: URL must be a picture in base64/)],
  ["<img src='data:image/png,x'>", expect.stringMatching(/^a data: URL must be a picture in base64/)],
  ["<img src='data:image/png;base64,%00'>", expect.stringMatching(/^a data: URL must be a picture in base64/)],
  ["<img src=data:image/png;base64,eA==>".repeat(101), "there are more than 100 pictures in data: URLs."],
])("%.60s is refused", (content, text) => {
  expect(refusal(content)).toEqual(text);
});

test("many paragraphs and cells without closing tags are not nested", () => {
  expect(refusal(`${"<p>x".repeat(1000)}<table>${"<tr><td>x<td>y".repeat(1000)}`)).toBeUndefined();
});

test("pictures in data: URLs become inline attachments", () => {
  const png = Buffer.from("a picture").toString("base64");
  const { html: sent, pictures } = verificationHtml(
    `<img alt="a" src="data:image/png;base64,${png}"><img src=' DATA:image/JPEG;base64,${png.slice(0, 4)}\n${png.slice(4)}'>`,
    "",
  );
  expect(sent).toContain(
    '<img alt="a" src="cid:picture-1@verification.mailglass"><img src="cid:picture-2@verification.mailglass">',
  );
  expect(pictures).toEqual([
    {
      fileName: "picture-1.png",
      contentType: "image/png",
      content: Buffer.from("a picture"),
      contentId: "picture-1@verification.mailglass",
      disposition: "inline",
    },
    expect.objectContaining({
      fileName: "picture-2.jpg",
      contentType: "image/jpeg",
      content: Buffer.from("a picture"),
    }),
  ]);
});

test("text is escaped", () => {
  expect(escapeHtml(`<a href="b">&'`)).toBe("&lt;a href=&quot;b&quot;&gt;&amp;'");
});
