import { createTransport } from "nodemailer";
import { describe, expect, it, onTestFailed } from "vitest";
import { postfixMissing } from "./missing-tools.ts";
import { startPostfix } from "./postfix.ts";

describe.skipIf(postfixMissing())("Postfix as the tests' receiving host", () => {
  it("delivers, defers and refuses as it is told", async () => {
    await using postfix = await startPostfix({ domains: ["one.example", "two.example"] });
    onTestFailed(async () => console.log(await postfix.log()));
    postfix.rcpt = (recipient) => {
      if (recipient.startsWith("later")) return "450 4.2.0 Try later";
      return recipient.startsWith("nobody") ? "550 5.1.1 No such user" : undefined;
    };
    const transport = createTransport({ host: "127.0.0.1", port: postfix.port, ignoreTLS: true });
    const send = (to: string) => transport.sendMail({ from: "a@sender.example", to, subject: "hello", text: "hello" });
    await send("ada@one.example");
    await send("bob@two.example");
    await expect(send("later@one.example")).rejects.toThrow("450 4.2.0");
    await expect(send("nobody@one.example")).rejects.toThrow("550 5.1.1");
    await expect(send("ada@elsewhere.example")).rejects.toThrow("554 5.7.1");
    await expect
      .poll(async () => (await postfix.mail()).map(({ to }) => to).sort())
      .toEqual(["ada@one.example", "bob@two.example"]);
  });
});
