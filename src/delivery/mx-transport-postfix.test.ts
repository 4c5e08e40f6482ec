import { describe, expect, it, onTestFailed } from "vitest";
import { startDnsServer } from "../../test/support/dns-server.ts";
import { postfixMissing } from "../../test/support/missing-tools.ts";
import { startMxDelivery } from "../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { startPostfix } from "../../test/support/postfix.ts";

describe.skipIf(postfixMissing())("delivery to Postfix", () => {
  it("takes what it says for what it means, on one connection for all", async () => {
    await using postfix = await startPostfix({ domains: ["one.example", "two.example"] });
    onTestFailed(async () => console.log(await postfix.log()));
    postfix.rcpt = (recipient) => {
      if (recipient.startsWith("later")) return "450 4.2.0 Try later";
      return recipient.startsWith("nobody") ? "550 5.1.1 No such user" : undefined;
    };
    const dns = await startDnsServer({
      "one.example": { MX: [{ exchange: "mx.example", preference: 10 }] },
      "two.example": { MX: [{ exchange: "mx.example", preference: 10 }] },
      "mx.example": { A: ["127.0.0.1"] },
    });
    const { transport } = startMxDelivery(dns, { port: postfix.port, connectionsPerServer: 1 });
    const to = (recipient: string) =>
      outgoingMail({
        recipient,
        message: [Buffer.from("Subject: é\r\n\r\n"), Buffer.from(".\r\n..\r\nend")],
        eightBit: true,
      });
    try {
      expect(await failureOf(transport, to("nobody@one.example"))).toMatchObject({
        stage: "rcpt",
        permanent: true,
        status: "5.1.1",
        reply: { code: 550 },
        affectsDomain: false,
      });
      const accepted = [to("ada@one.example"), to("bob@two.example")];
      const outcomes = await Promise.all(accepted.map((mail) => outcomeOf(transport, mail)));
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          delivered: true,
          reply: { code: 250, status: "2.0.0" },
          host: { name: "mx.example" },
        });
      }
      expect(await failureOf(transport, to("later@one.example"))).toMatchObject({ permanent: false, status: "4.2.0" });
      expect((await outcomeOf(transport, to("cy@two.example"))).delivered).toBe(true);
      await expect.poll(async () => (await postfix.mail()).length).toBe(3);
      for (const { text } of await postfix.mail()) {
        expect(text).toContain("\nSubject: é\n");
        expect(text).toMatch(/\n\n\.\n\.\.\nend\n*$/);
      }
    } finally {
      await transport.close(1000);
      await dns.close();
    }
  });
});
