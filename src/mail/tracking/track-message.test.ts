import { describe, expect, it } from "vitest";
import { type MessageLinks, maxTrackedLinks, trackMessage } from "./track-message.ts";

/** Links that show what they were made of. */
const links: MessageLinks = {
  tracks: (url) => !url.includes("/subscriptions/"),
  clickUrl: (url, tags) =>
    `https://t.example/c/${encodeURIComponent(url)}${tags ? `!${JSON.stringify(tags).replace(/\W/g, "_")}` : ""}`,
  openUrl: () => "https://t.example/o/1",
};
const pixel = '<img src="https://t.example/o/1" alt="" width="1" height="1" style="border:0">';
const click = (url: string) => `"https://t.example/c/${encodeURIComponent(url)}"`;

const both = { opens: true, clicks: true, links };
const none = { opens: false, clicks: false, links };

const mail = (body: string, fields = "Content-Type: text/html; charset=utf-8\r\n") =>
  Buffer.from(`From: a@example.com\r\nMIME-Version: 1.0\r\n${fields}\r\n${body}`, "latin1");

/** The body of a mail of one HTML part, tracked. */
function tracked(html: string, options = both): string {
  const text = trackMessage(mail(html), options).toString("latin1");
  return text.slice(text.indexOf("\r\n\r\n") + 4);
}

describe("links", () => {
  const link = click("https://a.example/x?a=1&b=2");
  it.each([
    ['<a href="https://a.example/x?a=1&amp;b=2">', `<a href=${link}>`],
    ["<a class='x' href='https://a.example/x?a=1&b=2' id=y>", `<a class='x' href=${link} id=y>`],
    ["<A HREF=https://a.example/x?a=1&b=2>", `<A HREF=${link}>`],
    ['<area shape=rect href = " https://a.example/x?a=1&#38;b\r\n=2 "/>', `<area shape=rect href = ${link}/>`],
    ["<a title='a > b' href=\"https://a.example/x?a=1&b=2\">", `<a title='a > b' href=${link}>`],
    // The first of two counts.
    [`<a href="https://a.example/x?a=1&b=2" href="https://b.example">`, `<a href=${link} href="https://b.example">`],
  ])("are tracked: %s", (html, changed) => {
    expect(tracked(html, { ...both, opens: false })).toBe(changed);
  });

  it.each([
    '<a href="mailto:x@example.com">',
    '<a href="tel:+1">',
    '<a href="#part">',
    '<a href="/path">',
    '<a href="//a.example/x">',
    '<a href="javascript:alert(1)">',
    '<a href="">',
    "<a href>",
    "<a>",
    '<a href="https://a.example/{{name}}">',
    '<a href="{{amazonSESUnsubscribeUrl}}">',
    '<a href="https://">',
    '<a href="https://a.example/\u0001">',
    '<a href="https://us.example/subscriptions/abc">',
    '<link href="https://a.example/style.css">',
    '<base href="https://a.example/">',
    '<img src="https://a.example/i.png">',
    '<!-- <a href="https://a.example/"> -->',
    '<!--[if mso]><a href="https://a.example/"><![endif]-->',
    "<style>a::before { content: \"<a href='https://a.example'>\" }</style>",
    "<script>'<a href=\"https://a.example\">'</script>",
    '<textarea><a href="https://a.example/"></textarea>',
    "https://a.example/",
    // No tag, since it does not end.
    '<a href="https://a.example/"',
    `<a href="https://a.example/${"x".repeat(2100)}">`,
  ])("stay: %s", (html) => {
    const message = mail(html);
    expect(trackMessage(message, { ...both, opens: false })).toBe(message);
  });

  it("opt out by ses:no-track, which is removed", () => {
    const html = '<a ses:no-track href="https://a.example/1">x</a><a href="https://a.example/2" SES:no-track="x" id=1>';
    expect(tracked(html, { ...both, opens: false })).toBe(
      '<a href="https://a.example/1">x</a><a href="https://a.example/2" id=1>',
    );
  });

  it("have tags by ses:tags, which is removed", () => {
    const html = '<a ses:tags="kind:big;color:red;color:blue;bad tag:x;none" href="https://a.example/">';
    expect(tracked(html, { ...both, opens: false })).toBe(
      `<a href=${click("https://a.example/").slice(0, -1)}!__kind____big____color____red___blue___">`,
    );
  });

  it("lose what speaks to SES alone where nothing is tracked, too", () => {
    const html = '<a href=x ses:no-track/y>{{ses:openTracker}}<a\r\nses:tags="a:b"\r\nhref="https://a.example/">';
    expect(tracked(html, none)).toBe('<a href=x /y><a\r\n\r\nhref="https://a.example/">');
  });

  it("are tracked up to 250, over all parts", () => {
    const part = `--b\r\nContent-Type: text/html\r\n\r\n${'<a href="https://a.example/">\r\n'.repeat(150)}`;
    const message = mail(`${part}${part}--b--\r\n`, 'Content-Type: multipart/mixed; boundary="b"\r\n');
    const text = trackMessage(message, { ...both, opens: false }).toString();
    expect(text.match(/t\.example\/c/g)).toHaveLength(maxTrackedLinks);
    expect(text.match(/"https:\/\/a\.example\/"/g)).toHaveLength(50);
  });
});

describe("the pixel", () => {
  it.each([
    ["<html><body>x</body></html>\r\n", `<html><body>x${pixel}</body></html>\r\n`],
    ["<html>x</HTML>", `<html>x${pixel}</HTML>`],
    ["x\r\n\r\n", `x${pixel}\r\n\r\n`],
    ["<body>a</body><!-- </body> -->", `<body>a${pixel}</body><!-- </body> -->`],
    ["<body>{{ses:openTracker}}a{{ses:openTracker}}</body>", `<body>${pixel}a</body>`],
    [
      "<title>{{ses:openTracker}}</title><i id='{{ses:openTracker}}'>{{ses:openTracker}}",
      `<title></title><i id=''>${pixel}`,
    ],
    ["<body><title>{{ses:openTracker}}</title></body>", `<body><title></title>${pixel}</body>`],
  ])("goes to its placeholder, else to the end: %s", (html, changed) => {
    expect(tracked(html)).toBe(changed);
  });

  it("is one for a message, in the alternative that readers show", () => {
    const part = (html: string) => `--b\r\nContent-Type: text/html\r\n\r\n${html}\r\n`;
    const type = "Content-Type: multipart/alternative; boundary=b\r\n";
    const of = (...parts: string[]) =>
      trackMessage(mail(`${parts.map(part).join("")}--b--\r\n`, type), both).toString();
    expect(of("one", "two")).toContain(`\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo${pixel}\r\n--b--`);
    expect(of("{{ses:openTracker}}one", "two{{ses:openTracker}}")).toContain(`\r\n${pixel}one\r\n--b`);
  });
});

describe("what stays as it is", () => {
  const html = '<a href="https://a.example/">x</a>';
  const htmlPart = `Content-Type: text/html\r\n\r\n${html}\r\n`;
  const multipart = (type: string, part: string) =>
    mail(`--b\r\n${part}--b--\r\n`, `Content-Type: multipart/${type}; boundary="b"\r\n`);
  const inner = `Content-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n${htmlPart}--c--\r\n`;
  it.each([
    ["text alone", mail(html, "Content-Type: text/plain\r\n")],
    ["no MIME", mail(html, "")],
    ["an attachment", multipart("mixed", `Content-Disposition: attachment\r\n${htmlPart}`)],
    ["a file shown in line", multipart("mixed", `Content-Disposition: inline; filename="a.html"\r\n${htmlPart}`)],
    ["a forwarded message", multipart("mixed", `Content-Type: message/rfc822\r\n\r\n${htmlPart}`)],
    ["what is signed", multipart('signed; protocol="application/pkcs7-signature"', htmlPart)],
    ["what is signed, deeper", multipart("signed", inner)],
    ["what is encrypted", multipart("encrypted", htmlPart)],
    ["PGP in the text", mail(`<pre>-----BEGIN PGP MESSAGE-----</pre>${html}`)],
    ["what its sender signed with DKIM", mail(html, "DKIM-Signature: v=1\r\nContent-Type: text/html\r\n")],
    ["an unknown encoding", mail(html, "Content-Type: text/html\r\nContent-Transfer-Encoding: x-uuencode\r\n")],
    ["Base64 that is none", mail(`!${html}`, "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n")],
    ["UTF-7", mail(html, "Content-Type: text/html; charset=utf-7\r\n")],
    ["an ambiguous header", mail(html, "Content-Type: text/html\r\nContent-Type: text/plain\r\n")],
    ["a type that is none", mail(html, "Content-Type: text/html folded\r\n")],
    ["an empty part", mail("", "Content-Type: text/html\r\n")],
    ["a malformed header", Buffer.from(`no header\r\nContent-Type: text/html\r\n\r\n${html}`)],
    ["a huge part", mail(html + " ".repeat(5 << 20))],
  ])("%s", (_, message) => {
    expect(trackMessage(message, both)).toBe(message);
  });

  it("the other parts of a message", () => {
    const other = `--b\r\nContent-Type: text/plain\r\n\r\nhttps://a.example/\r\n--b\r\n${inner}`;
    const message = mail(
      `pre\r\n${other}--b\r\n${htmlPart}--b--\r\npost`,
      "Content-Type: multipart/mixed; boundary=b\r\n",
    );
    const text = trackMessage(message, both).toString();
    expect(text.replaceAll(click("https://a.example/"), '"https://a.example/"').replace(pixel, "")).toBe(
      message.toString(),
    );
    expect(text.match(/t\.example\/c/g)).toHaveLength(2);
  });
});
