/** S/MIME: certificates of the admin API, signatures of mail as it is delivered and as it is shown, checked by OpenSSL. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  AlreadyExistsException,
  AssociateEmailIdentityCertificateCommand,
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  DisassociateEmailIdentityCertificateCommand,
  type EmailContent,
  GetConfigurationSetCommand,
  GetEmailIdentityCommand,
  ListEmailIdentityCertificatesCommand,
  SendBulkEmailCommand,
  type SendEmailRequest,
  UpdateConfigurationSetCommand,
} from "@aws-sdk/client-sesv2";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SmimeCertificate, SmimeCertificateList } from "../src/admin-api/certificates.ts";
import { keyRecord } from "../src/mail/dkim/key-record.ts";
import { publicKeyText } from "../src/mail/dkim/keys.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { opensslMissing } from "./support/missing-tools.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { send, simple } from "./support/sent-mail.ts";
import { createSmimeAuthority, type SmimeAuthority } from "./support/smime-authority.ts";

const smime = { SigningScheme: { SmimeScheme: { SignatureFormat: "DETACHED" as const } } };
const set = { ConfigurationSetName: "signed" };
const tracked = { OpenTrackingEnabled: "ENABLED", ClickTrackingEnabled: "ENABLED" } as const;
const html = '<p>Hello <a href="https://shop.example/a">shop</a></p>';

describe.skipIf(opensslMissing())("S/MIME", () => {
  const dkimKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  /** As the operations take it. */
  const privateKeyText = (key: KeyObject) => key.export({ format: "der", type: "pkcs8" }).toString("base64");
  const dkimRecord = keyRecord(publicKeyText(dkimKey));
  let authority: SmimeAuthority;
  let receiving: ReceivingServer;
  let dns: DnsServer;
  let server: InProcessServer;
  let capturing: InProcessServer;
  beforeAll(async () => {
    authority = await createSmimeAuthority();
    receiving = await startReceivingServer();
    dns = await startDnsServer({ "own._domainkey.example.com": { TXT: [dkimRecord.match(/.{1,255}/g) ?? []] } });
    const environment = {
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiving.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    };
    server = await startInProcess({ environment });
    capturing = await startInProcess();
    const DkimSigningAttributes = { DomainSigningSelector: "own", DomainSigningPrivateKey: privateKeyText(dkimKey) };
    for (const { client } of [server, capturing]) {
      await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com", DkimSigningAttributes }));
      await client.send(new CreateConfigurationSetCommand(set));
      await client.send(new UpdateConfigurationSetCommand({ ...set, MessageSecurityOptions: smime }));
    }
    // Its DKIM record is found.
    await eventually(async () => {
      const { DkimAttributes } = await server.client.send(
        new GetEmailIdentityCommand({ EmailIdentity: "example.com" }),
      );
      expect(DkimAttributes?.Status).toBe("SUCCESS");
    });
    for (const [on, address, kind] of [
      [server, "rsa@example.com", "RSA 2048"],
      [server, "ec@example.com", "EC P-384"],
      [capturing, "ec@example.com", "EC P-256"],
    ] as const) {
      const { arn } = await upload(on, await authority.issueFor(address, kind));
      await associate(on, address, arn);
    }
  });
  afterAll(async () => {
    await server?.close();
    await capturing?.close();
    await dns?.close();
    await receiving?.[Symbol.asyncDispose]();
    await authority?.[Symbol.asyncDispose]();
  });

  const upload = (on: InProcessServer, body: object) =>
    callAdmin<SmimeCertificate>(on.app, "POST", "/admin/certificates", body);
  const associate = ({ client }: InProcessServer, FromAddress: string, CertificateArn: string) =>
    client.send(
      new AssociateEmailIdentityCertificateCommand({ EmailIdentity: "example.com", FromAddress, CertificateArn }),
    );
  const received = async (recipient: string, count = 1) => {
    const mail = () => receiving.taken.filter(({ to }) => to.includes(recipient)).map(({ mime }) => mime);
    await eventually(() => expect(mail()).toHaveLength(count));
    return mail()[0] ?? Buffer.alloc(0);
  };
  /** Sends to a recipient of this name; resolves to the message as it is delivered. */
  const deliver = async (name: string, changes: Partial<SendEmailRequest>) => {
    const recipient = `${name}@example.net`;
    await send(server, simple({ ...set, Destination: { ToAddresses: [recipient] }, ...changes }));
    return received(recipient);
  };
  const raw = (text: string) => ({ Content: { Raw: { Data: Buffer.from(text) } } });

  it.each(["rsa@example.com", "ec@example.com"])("mail from %s is signed as it is delivered", async (from) => {
    const FromEmailAddress = `Ann <${from}>`;
    const [name] = from.split("@");
    const both = { Subject: { Data: "S" }, Body: { Text: { Data: "Hello" }, Html: { Data: html } } };
    const attachment = { FileName: "a.pdf", RawContent: Buffer.from("%PDF"), ContentType: "application/pdf" };
    const mails: [string, EmailContent, string][] = [
      [
        "text",
        { Simple: { Subject: { Data: "Grüße" }, Body: { Text: { Data: "Hällo" } } } },
        "Content-Type: text/plain",
      ],
      ["both", { Simple: both }, "multipart/alternative"],
      ["file", { Simple: { ...both, Attachments: [attachment] } }, "multipart/mixed"],
    ];
    for (const [kind, content, expected] of mails) {
      const mail = await deliver(`${name}-${kind}`, { FromEmailAddress, Content: content });
      const { results } = await dkimVerify(mail, { resolver: async () => [[dkimRecord]] });
      expect(results.map(({ status }) => status.result)).toEqual(["pass"]);
      expect((await authority.verify(mail)).toString()).toContain(expected);
    }
    const eightBit = `From: ${from}\r\nSubject: a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n`;
    const mail = await deliver(`${name}-raw`, { FromEmailAddress: undefined, ...raw(eightBit) });
    expect((await authority.verify(mail)).toString()).toContain("Content-Transfer-Encoding: ");
    const own = await deliver(`${name}-own`, {
      ...{ FromEmailAddress: undefined },
      ...raw(`From: ${from}\r\nSubject: a\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIIB\r\n`),
    });
    expect(own.toString()).not.toContain("multipart/signed");
  });

  it("signs after tracking, and each mail of a bulk", async () => {
    const mail = await deliver("tracked", {
      FromEmailAddress: "ec@example.com",
      Content: { Simple: { Subject: { Data: "S" }, Body: { Html: { Data: html } } } },
      ConfigurationOverrides: { Tracking: tracked },
    });
    const content = (await authority.verify(mail)).toString();
    expect(content).toContain("<img src=");
    expect(content).not.toContain('"https://shop.example/a"');
    const recipients = ["bulk1@example.net", "bulk2@example.net"];
    const TemplateContent = { Subject: "S", Text: "Hello {{name}}" };
    await server.client.send(
      new SendBulkEmailCommand({
        ...set,
        FromEmailAddress: "rsa@example.com",
        DefaultContent: { Template: { TemplateContent, TemplateData: '{"name":"you"}' } },
        BulkEmailEntries: recipients.map((one) => ({ Destination: { ToAddresses: [one] } })),
      }),
    );
    for (const recipient of recipients) {
      expect((await authority.verify(await received(recipient))).toString()).toContain("Hello you");
    }
  });

  it("mail without a certificate, a single sender or the scheme is not signed", async () => {
    const from = { FromEmailAddress: "ec@example.com" };
    const two = raw("From: ec@example.com, rsa@example.com\r\nSender: ec@example.com\r\nSubject: a\r\n\r\nHi\r\n");
    for (const [name, changes] of [
      ["other", { FromEmailAddress: "other@example.com" }],
      ["case", { FromEmailAddress: "EC@example.com" }],
      ["none", { ...from, ConfigurationSetName: undefined }],
      ["two", { ...from, ...two }],
    ] as const) {
      expect((await deliver(`plain-${name}`, changes)).toString(), name).not.toContain("multipart/signed");
    }
    const options = { ...set, MessageSecurityOptions: { SigningScheme: { DefaultScheme: {} } } };
    await server.client.send(new UpdateConfigurationSetCommand(options));
    expect((await deliver("plain-default", from)).toString()).not.toContain("multipart/signed");
    // No change.
    await server.client.send(new UpdateConfigurationSetCommand(set));
    const { MessageSecurityOptions } = await server.client.send(new GetConfigurationSetCommand(set));
    expect(MessageSecurityOptions).toEqual(options.MessageSecurityOptions);
    await server.client.send(new UpdateConfigurationSetCommand({ ...set, MessageSecurityOptions: smime }));
    expect((await deliver("signed-again", from)).toString()).toContain("multipart/signed");
  });

  it("captured mail is shown as its recipient would get it", async () => {
    const id = await send(capturing, {
      ...simple(set),
      FromEmailAddress: "ec@example.com",
      Content: { Simple: { Subject: { Data: "S" }, Body: { Html: { Data: html } } } },
      ConfigurationOverrides: { Tracking: tracked },
    });
    const url = `/admin/messages/${id}/mail?recipient=user%40gmail.com`;
    const shown = async () => (await capturing.app.inject({ url })).rawPayload;
    expect((await authority.verify(await shown())).toString()).toContain("<img src=");
    const sender = { EmailIdentity: "example.com", FromAddress: "ec@example.com" };
    const { Certificates } = await capturing.client.send(new ListEmailIdentityCertificatesCommand(sender));
    await capturing.client.send(new DisassociateEmailIdentityCertificateCommand(sender));
    await eventually(async () => expect((await shown()).toString()).not.toContain("multipart/signed"));
    await associate(capturing, sender.FromAddress, Certificates?.[0]?.CertificateArn ?? "");
  });

  it("certificates are uploaded, listed, and deleted unless they are associated", async () => {
    const { app, client, database } = capturing;
    const issued = await authority.issueFor("list@example.com");
    const made = await upload(capturing, issued);
    expect(made).toMatchObject({
      arn: `arn:aws:acm:us-east-1:000000000000:certificate/${made.id}`,
      ...{ addresses: ["list@example.com"], keyAlgorithm: "EC P-256", associatedWith: [] },
    });
    await associate(capturing, "list@example.com", made.arn);
    await expect(associate(capturing, "list@example.com", made.arn)).rejects.toThrow(AlreadyExistsException);
    const listed = await callAdmin<SmimeCertificateList>(app, "GET", "/admin/certificates");
    expect(listed.certificates).toContainEqual({ ...made, associatedWith: ["list@example.com"] });
    const url = `/admin/certificates/${made.id}`;
    expect(await callAdmin(app, "GET", url)).toEqual({ ...made, associatedWith: ["list@example.com"] });
    // Neither the answers nor the database have the key in plain text.
    expect(JSON.stringify([made, listed])).not.toMatch(/PRIVATE|privateKey/);
    const rows = await database.query<{ key: Uint8Array }>("SELECT private_key AS key FROM smime_certificates");
    const der = Buffer.from(issued.privateKey.replace(/-----.*-----|\s/g, ""), "base64");
    expect(rows.some(({ key }) => Buffer.from(key).includes(der.subarray(-32)))).toBe(false);
    expect(await adminRefusal(app, "DELETE", url)).toEqual([
      409,
      "The certificate is associated with email identities: disassociate it first.",
    ]);
    const sender = { EmailIdentity: "example.com", FromAddress: "list@example.com" };
    await client.send(new DisassociateEmailIdentityCertificateCommand(sender));
    expect((await app.inject({ method: "DELETE", url })).statusCode).toBe(204);
    for (const id of [made.id, "x"]) {
      for (const method of ["GET", "DELETE"] as const) {
        const refusal = await adminRefusal(app, method, `/admin/certificates/${id}`);
        expect(refusal).toEqual([404, "There is no certificate with this ID."]);
      }
    }
    const other = await authority.issueFor("list@example.com");
    for (const [body, text] of [
      [{ ...issued, privateKey: other.privateKey }, "The private key does not belong to the certificate."],
      [{ certificate: issued.certificate }, "A certificate takes a JSON object: certificate and privateKey, in PEM."],
      [{ ...issued, more: 1 }, "A certificate takes a JSON object: certificate and privateKey, in PEM."],
    ] as const) {
      expect(await adminRefusal(app, "POST", "/admin/certificates", body)).toEqual([400, text]);
    }
  });
});
