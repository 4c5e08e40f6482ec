/** Raw messages with lines that are too long for SMTP: their DKIM signature verifies after a Postfix. */
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { describe, expect, it, onTestFailed } from "vitest";
import { startDnsServer } from "../../test/support/dns-server.ts";
import { postfixMissing } from "../../test/support/missing-tools.ts";
import { startMxDelivery } from "../../test/support/mx-delivery.ts";
import { outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { startPostfix } from "../../test/support/postfix.ts";
import { keyRecord } from "../mail/dkim/key-record.ts";
import { generateDkimKey, publicKeyText } from "../mail/dkim/keys.ts";
import { dkimSignatures } from "../mail/dkim/signature.ts";
import { readRawMessage } from "../mail/raw-message.ts";

const long = "word ".repeat(600);
const attachment = (encoding: string) =>
  [
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "see the file",
    "--b",
    "Content-Type: application/json; name=a.json",
    `Content-Transfer-Encoding: ${encoding}`,
    "",
    `{"text": "${long}"}`,
    "--b--",
    "",
  ].join("\r\n");

const messages: Readonly<Record<string, string>> = {
  text: `Content-Type: text/plain\r\n\r\n${long}\r\n`,
  html: `Content-Type: text/html\r\n\r\n<p>${"x".repeat(3_000)}</p>\r\n`,
  references: `References: ${"<0123456789@mail.example.com> ".repeat(38)}\r\n\r\ntext\r\n`,
  "7bit attachment": attachment("7bit"),
  "8bit attachment": attachment("8bit"),
};

describe.skipIf(postfixMissing())("a raw message with a line of 3,000 octets", () => {
  it("keeps its signature", async () => {
    const key = await generateDkimKey(2048);
    const record = keyRecord(publicKeyText(key));
    await using postfix = await startPostfix({ domains: ["one.example"] });
    onTestFailed(async () => console.log(await postfix.log()));
    const dns = await startDnsServer({
      "one.example": { MX: [{ exchange: "mx.example", preference: 10 }] },
      "mx.example": { A: ["127.0.0.1"] },
    });
    const { transport } = startMxDelivery(dns, { port: postfix.port });
    try {
      for (const [name, content] of Object.entries(messages)) {
        const raw = readRawMessage(Buffer.from(`From: a@example.com\r\nSubject: ${name}\r\n${content}`));
        const message = raw.write({ messageId: `${name.replaceAll(" ", ".")}@example.com`, date: new Date() });
        const keys = [{ domain: "example.com", selector: "own", key }];
        const signatures = await dkimSignatures({ message, keys, at: new Date() });
        const mail = outgoingMail({ recipient: "ada@one.example", message: [signatures, message], eightBit: true });
        expect((await outcomeOf(transport, mail)).delivered, name).toBe(true);
      }
      await expect.poll(async () => (await postfix.mail()).length).toBe(Object.keys(messages).length);
      for (const { text } of await postfix.mail()) {
        const { results } = await dkimVerify(Buffer.from(text.replaceAll(/\r?\n/g, "\r\n"), "latin1"), {
          resolver: async () => [[record]],
        });
        expect(
          results.map(({ status }) => status.result),
          /^Subject: .*$/m.exec(text)?.[0],
        ).toEqual(["pass"]);
      }
    } finally {
      await transport.close(1000);
      await dns.close();
    }
  });
});
