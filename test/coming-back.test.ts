/** The whole way: mail goes out to a Postfix, which bounces some of it later; its bounces and a complaint come back. */
import { generateKeyPairSync } from "node:crypto";
import {
  CreateEmailIdentityCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { postfixMissing } from "./support/missing-tools.ts";
import { type Postfix, startPostfix } from "./support/postfix.ts";
import { complaintMail } from "./support/returned-mails.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";
import { openSmtp } from "./support/smtp-socket.ts";

const patience = { interval: 200 };

describe.skipIf(postfixMissing())("mail that leaves", () => {
  let postfix: Postfix;
  let server: InProcessServer;
  let dns: DnsServer;
  let bounces = 0;

  beforeAll(async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
    dns = await startDnsServer({ "own._domainkey.sender.example": { TXT: [record.match(/.{1,255}/g) ?? []] } });
    bounces = await freePort();
    postfix = await startPostfix({
      domains: ["receiver.example", "sender.example"],
      bouncedLater: ["gone@receiver.example"],
      routes: { "bounces.sender.example": bounces },
    });
    server = await startInProcess({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${postfix.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_BOUNCE_PORT: String(bounces),
        MAILGLASS_HOSTNAME: "mail.sender.example",
        MAILGLASS_RETURN_PATH_DOMAIN: "bounces.sender.example",
        MAILGLASS_DNS_SERVERS: dns.address,
        MAILGLASS_EXPORT_WORKERS: "0",
      },
    });
    // Feedback goes to senders who showed that they are the domain's.
    const EmailIdentity = "sender.example";
    const DkimSigningAttributes = {
      DomainSigningSelector: "own",
      DomainSigningPrivateKey: privateKey.export({ type: "pkcs1", format: "der" }).toString("base64"),
    };
    await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity, DkimSigningAttributes }));
    const status = async () =>
      (await server.client.send(new GetEmailIdentityCommand({ EmailIdentity }))).VerificationStatus;
    await eventually(async () => expect(await status()).toBe("SUCCESS"));
  });
  afterAll(async () => {
    await server?.close();
    await postfix?.stop();
    await dns?.close();
  });

  const mailTo = (address: string) =>
    send(server, simple({ FromEmailAddress: "sender@sender.example", Destination: { ToAddresses: [address] } }));
  const eventsOf = async (id: string) => told(await insightsOf(server, id))[0]?.[1];

  it("and bounces later: an event, a suppressed address, and a mail to the sender", async () => {
    onTestFailed(async () => console.log(await postfix.log(), server.logged));
    const id = await mailTo("gone@receiver.example");
    await expect
      .poll(() => eventsOf(id), patience)
      .toEqual([["SEND"], ["DELIVERY"], ["BOUNCE", "PERMANENT", "GENERAL", expect.stringContaining("unknown user")]]);
    const suppressed = new GetSuppressedDestinationCommand({ EmailAddress: "gone@receiver.example" });
    expect((await server.client.send(suppressed)).SuppressedDestination?.Attributes?.MessageId).toBe(id);
    const toSender = async () => (await postfix.mail()).filter(({ to }) => to === "sender@sender.example");
    await expect.poll(async () => (await toSender()).length, patience).toBe(1);
    const [notice] = await toSender();
    expect(notice?.text).toMatch(/^Return-Path: <>$/m);
    expect(notice?.text).toMatch(/^From: Mail Delivery Subsystem <MAILER-DAEMON@mail\.sender\.example>$/m);
    expect(notice?.text).toContain("gone@receiver.example");
  });

  it("and is complained of: an event of the recipient whose copy the report includes", async () => {
    const id = await mailTo("user@receiver.example");
    await expect
      .poll(async () => (await postfix.mail()).filter(({ to }) => to.startsWith("user@")).length, patience)
      .toBe(1);
    const copy = (await postfix.mail()).find(({ to }) => to.startsWith("user@"))?.text ?? "";
    expect(copy).toMatch(/^Return-Path: <b-[a-z2-7]{56}@bounces\.sender\.example>$/m);
    await using smtp = await openSmtp(bounces);
    smtp.write("MAIL FROM:<>\r\nRCPT TO:<fbl@bounces.sender.example>\r\nDATA\r\n");
    for (let n = 0; n < 3; n++) expect(await smtp.reply()).toMatch(/^[23]/);
    const report = complaintMail(copy.slice(0, copy.indexOf("\n\n")));
    expect(await smtp.ask(`${report.replaceAll("\n", "\r\n")}.\r\n`)).toMatch(/^250 /);
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY"], ["COMPLAINT", "abuse"]]);
    expect(server.logged).toEqual([]);
  });
});
