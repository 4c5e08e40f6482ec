/** Mails that were made to keep a reader busy, of about any size: what repeats in them invites a second look at it. */

/** Repeats a text until it has the size. */
export function filled(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

/** Joins different texts until they have the size. */
export function numbered(text: (number: number) => string, size: number): string {
  const pieces: string[] = [];
  for (let number = 0, length = 0; length < size; number++) {
    const piece = text(number);
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join("");
}

const header =
  "From: Mail Delivery System <mailer-daemon@example.com>\r\nTo: b@example.com\r\nSubject: Undelivered Mail\r\n";
const multipart = 'Content-Type: multipart/mixed; boundary="a:"\r\n';

/** A mail with more fields and a body. */
function mail(fields: string, body: string): Buffer {
  return Buffer.from(`${header}${fields}\r\n${body}`, "latin1");
}

type Make = (size: number) => Buffer;

/** By what repeats in their parts. */
export const hostileStructures: Readonly<Record<string, Make>> = {
  "delimiters that look like fields": (size) => mail(multipart, filled("--a:\r\n", size)),
  "multiparts in multiparts of one boundary, no empty line": (size) =>
    mail(multipart, filled(`--a:\r\n${multipart}`, size)),
  "multiparts in multiparts, each with a boundary": (size) =>
    mail(
      multipart,
      numbered((one) => `--a${one || ":"}\r\nContent-Type: multipart/mixed; boundary=a${one + 1}\r\n\r\n`, size),
    ),
  "parts without an empty line": (size) => mail(multipart, filled("--a:\r\nContent-Type: text/plain\r\n", size)),
  "parts with folded headers": (size) => mail(multipart, filled("--a:\r\nX: y\r\n z\r\n\tz\r\n", size)),
  "mails in mails": (size) =>
    mail("Content-Type: message/rfc822\r\n", filled("Content-Type: message/rfc822\r\n\r\n", size)),
  "forwarded mails in parts": (size) =>
    mail(multipart, filled(`--a:\r\nContent-Type: message/rfc822\r\n\r\n${multipart}\r\n`, size)),
  "lines of dashes": (size) => mail(multipart, filled("--\r\n", size)),
  "long lines of dashes": (size) => mail(multipart, filled(`--${"a:".repeat(70)}\r\n`, size)),
  "closing delimiters": (size) => mail(multipart, `--a:\r\n\r\n${filled("--a:--\r\n", size)}`),
  "a report without a declared boundary": (size) =>
    mail("", `content-type: message/delivery-status\r\n${filled("--xxxxx\r\ncontent-typ\r\n", size)}`),
  "line breaks": (size) => mail("", filled("\r", size)),
  "soft line breaks": (size) => mail("Content-Transfer-Encoding: quoted-printable\r\n", filled("=   ", size)),
  "padded base64": (size) => mail("Content-Transfer-Encoding: base64\r\n", filled("YQ==", size)),
  "lines that flow": (size) => mail("Content-Type: text/plain; format=flowed\r\n", filled(" -- \r\n", size)),
};

/** By what repeats in their headers. */
export const hostileHeaders: Readonly<Record<string, Make>> = {
  fields: (size) => mail(filled("x:y\r\n", size), ""),
  folds: (size) => mail(`X: a${filled("\r\n b", size)}\r\n`, ""),
  "spaces in a field": (size) => mail(`X: ${filled(" ", size)}a\r\n`, ""),
  "spaces before a colon": (size) => mail(`X${filled(" ", size)}: a\r\n`, ""),
  "addresses of many groups": (size) => mail(`Cc: ${filled("g: a@b.c;", size)}\r\n`, ""),
  "open comments": (size) => mail(`Cc: ${filled("(", size)}\r\n`, ""),
  "encoded words": (size) => mail(`X: ${filled("=?utf-8?Q?=41?= ", size)}\r\n`, ""),
  "boundaries without value": (size) => mail(`Content-Type: multipart/mixed${filled("; boundary ", size)}\r\n`, ""),
  "open quotes in a type": (size) => mail(`Content-Type: multipart/mixed${filled('; boundary="\\"', size)}\r\n`, ""),
  "segments of a name": (size) =>
    mail(`Content-Disposition: attachment${numbered((one) => `; filename*${one % 1000}*=%41`, size)}\r\n`, ""),
};

/** HTML by what repeats in it. */
export const hostileTags: Readonly<Record<string, (size: number) => string>> = {
  "open elements": (size) => filled("<div><b>x", size),
  tables: (size) => filled("<table><tr><td>", size),
  "open pre": (size) => filled("<pre> \n", size),
  brackets: (size) => filled("<", size),
  "open tags": (size) => filled('<a href="x', size),
  attributes: (size) => `<a ${numbered((one) => `x${one}=1 `, size)}>`,
  references: (size) => `<img alt="${filled("&amp;&#65;&", size)}">`,
  "a long number": (size) => `&#${filled("1", size)};`,
  comments: (size) => filled("<!--><!--", size),
  "ends of script": (size) => `<script>${filled("</script ", size)}`,
  "styles that load": (size) => `<style>${filled("url( @import ' ", size)}</style>`,
  "spaces in pre": (size) => `<pre>${filled("          ", size)}\n x</pre>`,
  "pictures of the mail": (size) => filled('<img src="cid:x">(        ', size),
  placeholders: (size) => filled("{{ses:openTracker}}", size),
  links: (size) => filled('<a href="https://example.com/&amp;x" ses:tags="a:b;">', size),
  "tags of a link": (size) => `<a href="https://example.com/" ses:tags="${filled("a:b; :", size)}">x</a>`,
};

/** A mail of HTML. */
export function htmlMail(html: string): Buffer {
  return mail("Content-Type: text/html; charset=utf-8\r\n", html);
}
