/** What is told of a mail, and what of its HTML is shown: against mail that means ill. */
import { expect, it } from "vitest";
import { mailContent, mailHtml, UnreadableMail } from "./mail-content.ts";

const mime = (...lines: string[]) => Buffer.from(lines.join("\r\n"));
const html = (body: string) => mime("Subject: x", "Content-Type: text/html; charset=utf-8", "", body);
const pixel = "iVBORw0KGgo=";

const related = (body: string) =>
  mime(
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
    "Received: from a",
    " by b",
    "Received: from c by d",
    'Content-Type: multipart/related; boundary="b"',
    "",
    "--b",
    "Content-Type: text/html",
    "",
    body,
    "--b",
    'Content-Type: image/png; name="=?utf-8?Q?=C3=A9.png?="',
    "Content-ID: <logo@example.com>",
    "Content-Transfer-Encoding: base64",
    "",
    pixel,
    "--b",
    "Content-Type: text/html",
    "Content-Disposition: attachment; filename=page.html",
    "Content-ID: <page@example.com>",
    "",
    "<script>alert(1)</script>",
    "--b--",
    "",
  );

it("tells headers in their order and decoded, the text, and the files", async () => {
  expect(await mailContent(related('<p>Hello <b>you</b></p><img alt="a logo" src="cid:logo@example.com">'))).toEqual({
    text: "Hello you\na logo",
    textFromHtml: true,
    textCut: false,
    html: true,
    remoteContent: false,
    attachments: [
      { name: "é.png", type: "image/png", size: 8, inline: true },
      { name: "page.html", type: "text/html", size: 25, inline: expect.any(Boolean) },
    ],
    headers: [
      { name: "Subject", value: "Grüße" },
      { name: "Received", value: "from a by b" },
      { name: "Received", value: "from c by d" },
      { name: "Content-Type", value: 'multipart/related; boundary="b"' },
    ],
  });
});

it("tells a plain text as it is, and a long one cut", async () => {
  const plain = await mailContent(mime("Subject: x", "", "one", "two"));
  expect(plain).toMatchObject({ text: "one\ntwo", textFromHtml: false, textCut: false, html: false });
  const long = await mailContent(mime("Subject: x", "", ...Array(30_000).fill("x".repeat(70))));
  expect([long.text.length, long.textCut]).toEqual([1_000_000, true]);
});

it("puts the mail's own pictures into its HTML, and nothing that is no picture", async () => {
  const shown = await mailHtml(
    related(
      '<img src="cid:logo@example.com"><p style="background: url( cid:logo%40example.com )">cid:logo@example.com <img src=cid:page@example.com><img src=cid:none>',
    ),
    false,
  );
  const url = `data:image/png;base64,${pixel}`;
  expect(shown).toContain(`<img src="${url}">`);
  expect(shown).toContain(`url( ${url} )`);
  expect(shown).toContain("cid:logo@example.com <img src=cid:page@example.com><img src=cid:none>");
  expect(shown).not.toContain("data:text/html");
});

it("shows a picture that is named without end a bounded number of times", async () => {
  const picture = Buffer.alloc(1 << 20).toString("base64");
  const many = '<img src="cid:a">'.repeat(100);
  const mail = mime(
    'Content-Type: multipart/related; boundary="b"',
    "",
    "--b",
    "Content-Type: text/html",
    "",
    many,
    "--b",
    "Content-Type: image/gif",
    "Content-ID: <a>",
    "Content-Transfer-Encoding: base64",
    "",
    picture,
    "--b--",
  );
  const shown = await mailHtml(mail, false);
  expect(shown?.length).toBeLessThan(33 << 20);
  expect(shown?.match(/<img/g)?.length).toBe(100);
});

it("leaves frames and links to other servers' styles and hints out, unless other servers may be asked", async () => {
  const mail = html(
    '<LINK rel="dns-prefetch" href="//spy.example"><link\nrel=preconnect href=https://spy.example><IFRAME src="//spy.example"></IFRAME><p>linked</p>',
  );
  expect(await mailHtml(mail, false)).not.toMatch(/<(link|iframe)[\s>]/i);
  // What stands in their place holds nothing of what follows.
  expect(await mailHtml(mail, false)).toBe(
    '<meta rel="dns-prefetch" href="//spy.example"><meta\nrel=preconnect href=https://spy.example><meta src="//spy.example"></IFRAME><p>linked</p>',
  );
  expect(await mailHtml(mail, true)).toContain('<LINK rel="dns-prefetch"');
});

it.each([
  ['<img src="https://spy.example/p.gif">', true],
  ["<img srcset='//spy.example/p.gif 2x'>", true],
  ["<body background=' HTTP://spy.example'>", true],
  ["<div style=\"background:url('https://spy.example')\">", true],
  ["<style>@import 'https://spy.example';</style>", true],
  ["<style>p{background:url(//spy.example)}</style>", true],
  ["<img src=&#104;ttps://spy.example>", true],
  ["<a href=https://shop.example>shop</a> url(https://no.example)", false],
  ["<img src=cid:a><img src=data:image/gif;base64,xx>", false],
])("knows whether %s asks other servers", async (body, remote) => {
  expect((await mailContent(html(body))).remoteContent).toBe(remote);
});

it.each([
  ["a million open elements", "<div>".repeat(1_000_000)],
  ["a million attributes", `<p ${"a=b ".repeat(250_000)}>`],
  ["open brackets", "<".repeat(1_000_000)],
  ["white space", `${" ".repeat(1_000_000)}x`],
  ["content ids", '"cid:'.repeat(200_000)],
])("reads HTML of %s", async (_what, body) => {
  expect((await mailContent(html(body))).html).toBe(true);
  expect(await mailHtml(html(body), false)).toBeDefined();
});

it("refuses what no reader can take, and knows mail without HTML", async () => {
  const deep = Array.from(
    { length: 2_000 },
    (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
  );
  await expect(mailContent(Buffer.from(deep.join("")))).rejects.toThrow(UnreadableMail);
  expect(await mailHtml(mime("Subject: x", "", "text"), false)).toBeUndefined();
});

it.each([
  ["parts", `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\n".repeat(1001)}`, "parts"],
  ["fields", "a: b\n".repeat(1001), "header"],
  [
    "delimiters that look like fields",
    `Content-Type: multipart/mixed; boundary="a:"\n\n${'--a:\nContent-Type: multipart/mixed; boundary="a:"\n'.repeat(60)}`,
    "nested",
  ],
])("refuses more %s than a mail has", async (_what, mail, why) => {
  await expect(mailContent(Buffer.from(mail))).rejects.toThrow(why);
});

it("reads bodies of empty lines", async () => {
  expect((await mailContent(Buffer.from(`Subject: x\n${"\n".repeat(999_999)}end`))).text.length).toBe(1_000_000);
});

it("shows one of what are alternatives, and each of what stand beside each other in both forms", async () => {
  const mail = mime(
    "Content-Type: multipart/mixed; boundary=a",
    "",
    "--a",
    "Content-Type: multipart/alternative; boundary=b",
    "",
    "--b",
    "",
    "plain",
    "--b",
    "Content-Type: text/html",
    "",
    "<p>rich</p>",
    "--b--",
    "--a",
    "",
    "a < b",
    "--a",
    "Content-Type: text/html",
    "",
    "<i>end</i>",
    "--a",
    "Content-Type: message/rfc822",
    "",
    "Subject: forwarded",
    "",
    "another's text",
    "--a--",
  );
  expect(await mailContent(mail)).toMatchObject({
    text: "plain\na < b\nend",
    textFromHtml: false,
    attachments: [{ name: "", type: "message/rfc822", size: 36, inline: false }],
  });
  expect(await mailHtml(mail, false)).toBe(
    '<p>rich</p>\n<div style="white-space: pre-wrap">a &lt; b</div>\n<i>end</i>',
  );
});

it("joins lines that were broken to be sent", async () => {
  const flowed = (delSp: string) =>
    mime(`Content-Type: text/plain; format=flowed${delSp}`, "", "one ", "two", " >three", "-- ", "four");
  expect((await mailContent(flowed(""))).text).toBe("one two\n>three\n-- \nfour");
  expect((await mailContent(flowed("; DelSp=yes"))).text).toBe("onetwo\n>three\n-- \nfour");
});

it("reads boundaries and file names in segments and percent-encoded (RFC 2231)", async () => {
  const mail = mime(
    "Content-Type: multipart/mixed;",
    " boundary*0=a;",
    " boundary*1*=%2Db",
    "",
    "--a-b",
    "",
    "text",
    "--a-b",
    "Content-Disposition: attachment;",
    ' filename*0="report.com";',
    ' filename*1="pany.pdf"',
    "",
    "x",
    "--a-b",
    "Content-Disposition: attachment; filename*=utf-8''setup%2Eexe",
    "",
    "x",
    "--a-b--",
  );
  const { text, attachments } = await mailContent(mail);
  expect(text).toBe("text");
  expect(attachments.map(({ name }) => name)).toEqual(["report.company.pdf", "setup.exe"]);
});
