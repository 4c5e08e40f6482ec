/** The mail that benchmarks deliver: 1 KB of text and 1 KB of HTML, signed with one key. */
const plain = "All work and no play makes a dull mail. ".repeat(26).slice(0, 1024);

export const benchMail = {
  domain: "sender.example",
  selector: "bench",
  from: "Sender <news@sender.example>",
  subject: "A message",
  text: plain,
  html: `<p>${plain}`.slice(0, 1020).concat("</p>"),
  recipient: (n: number) => `user-${n % 500}@example.com`,
} as const;

/** The bytes of a SendEmail request with this mail, to the n-th recipient. */
export function sendEmailRequest(host: string, n: number, configurationSet?: string): Buffer {
  const { from, recipient, subject, text, html } = benchMail;
  const body = JSON.stringify({
    FromEmailAddress: from,
    ConfigurationSetName: configurationSet,
    Destination: { ToAddresses: [recipient(n)] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } } },
  });
  const head = [
    "POST /v2/email/outbound-emails HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.from(head + body);
}

/** The mail in MIME format, without a line break at its end: lines of 80 characters or fewer. */
export function mimeOf(): string {
  const { from, subject, text, html } = benchMail;
  const lines = (body: string) => body.replaceAll("mail. ", "mail.\r\n");
  return [
    ...[`From: ${from}`, "To: someone@example.com", `Subject: ${subject}`, "MIME-Version: 1.0"],
    ...['Content-Type: multipart/alternative; boundary="part"', "", "--part", "Content-Type: text/plain", ""],
    ...[lines(text), "--part", "Content-Type: text/html", "", lines(html), "--part--"],
  ].join("\r\n");
}
