/** Mail to the mail servers of its recipients: MX records, a Postfix that delivers, defers and refuses, over TLS. */
import {
  CreateConfigurationSetCommand,
  GetSuppressedDestinationCommand,
  PutAccountSendingAttributesCommand,
  PutConfigurationSetSendingOptionsCommand,
} from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "./support/dns-server.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { postfixMissing } from "./support/missing-tools.ts";
import { type Postfix, startPostfix } from "./support/postfix.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

const patience = { interval: 100 };

describe.skipIf(postfixMissing())("mail to a Postfix that MX records name", () => {
  let dns: DnsServer;
  let postfix: Postfix;
  let server: InProcessServer;
  /** Real time, moved on by tests. */
  let aheadMs = 0;

  beforeAll(async () => {
    postfix = await startPostfix({ domains: ["receiver.example"], tls: true });
    dns = await startDnsServer({
      "receiver.example": { MX: [{ exchange: "mx.receiver.example", preference: 10 }] },
      "mx.receiver.example": { A: ["127.0.0.1"] },
      "null.example": { MX: [{ exchange: ".", preference: 0 }] },
    });
    server = await startInProcess({
      clock: () => new Date(Date.now() + aheadMs),
      environment: {
        MAILGLASS_DELIVERY: "mx",
        MAILGLASS_MX_PORT: String(postfix.port),
        MAILGLASS_PRIVATE_DESTINATIONS: "allow",
        MAILGLASS_DNS_SERVERS: dns.address,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_HOSTNAME: "mail.sender.example",
        MAILGLASS_EXPORT_WORKERS: "0",
      },
    });
    for (const [ConfigurationSetName, DeliveryOptions] of [
      ["tls", { TlsPolicy: "REQUIRE" }],
      ["short", { MaxDeliverySeconds: 300 }],
      ["held", {}],
    ] as const) {
      await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName, DeliveryOptions }));
    }
  });
  afterAll(async () => {
    await server?.close();
    await postfix?.stop();
    await dns?.close();
  });
  beforeEach(() => {
    postfix.rcpt = () => undefined;
  });

  const mailTo = (address: string, ConfigurationSetName?: string) =>
    send(server, simple({ Destination: { ToAddresses: [address] }, ConfigurationSetName }));
  const eventsOf = async (id: string) => told(await insightsOf(server, id))[0]?.[1];
  const arrivedFor = async (address: string) => (await postfix.mail()).filter(({ to }) => to === address);

  it("arrives as it was sent, over TLS, and is told of with the server's answer", async () => {
    const id = await mailTo("ada@receiver.example");
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY"]]);
    await expect.poll(async () => (await arrivedFor("ada@receiver.example")).length, patience).toBe(1);
    const [mail] = await arrivedFor("ada@receiver.example");
    const text = mail?.text ?? "";
    expect(text).toMatch(/^Return-Path: <b-[a-z2-7]{56}@mail\.sender\.example>$/m);
    // The S stands for TLS (RFC 3848).
    expect(text).toMatch(/with ESMTPS id/);
    expect(text).toMatch(new RegExp(`^Message-ID: <${id}@`, "m"));
    const read = await PostalMime.parse(text);
    expect({ subject: read.subject, text: read.text?.trim() }).toEqual({ subject: "Grüße", text: "Hallo\nWelt" });
  });

  it("is tried again when it was deferred, and arrives then", async () => {
    postfix.rcpt = () => "450 4.2.0 Greylisted, come back later";
    const id = await mailTo("later@receiver.example");
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    const queue = await server.app.inject("/admin/queue");
    expect(queue.json()).toMatchObject({
      waiting: 1,
      domains: [{ domain: "receiver.example", lastDiagnostic: expect.stringContaining("450 4.2.0") }],
    });
    postfix.rcpt = () => undefined;
    aheadMs += 1_800_000;
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY_DELAY"], ["DELIVERY"]]);
    await expect.poll(async () => (await arrivedFor("later@receiver.example")).length, patience).toBe(1);
  });

  it("bounces when it is refused, and its address is suppressed", async () => {
    postfix.rcpt = () => "550 5.1.1 No such user here";
    const id = await mailTo("nobody@receiver.example");
    await expect
      .poll(() => eventsOf(id), patience)
      .toEqual([["SEND"], ["BOUNCE", "PERMANENT", "GENERAL", expect.stringContaining("550 5.1.1")]]);
    const suppressed = new GetSuppressedDestinationCommand({ EmailAddress: "nobody@receiver.example" });
    expect((await server.client.send(suppressed)).SuppressedDestination?.Reason).toBe("BOUNCE");
    const again = await mailTo("nobody@receiver.example");
    expect(await eventsOf(again)).toEqual([
      ["SEND"],
      ["BOUNCE", "PERMANENT", "ON_ACCOUNT_SUPPRESSION_LIST", expect.any(String)],
    ]);
  });

  it("bounces where the domain takes no mail or is none", async () => {
    const none = await mailTo("ada@null.example");
    const unknown = await mailTo("ada@unknown.example");
    await expect.poll(async () => (await eventsOf(none))?.[1]?.[0], patience).toBe("BOUNCE");
    await expect.poll(async () => (await eventsOf(unknown))?.[1]?.[0], patience).toBe("BOUNCE");
    expect((await eventsOf(unknown))?.[1]?.[1]).toBe("PERMANENT");
  });

  it("waits rather than go over TLS that proves nothing, where its configuration set requires TLS", async () => {
    const id = await mailTo("tls@receiver.example", "tls");
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    expect(await arrivedFor("tls@receiver.example")).toEqual([]);
  });

  it("bounces after the time that its configuration set gives", async () => {
    postfix.rcpt = () => "450 4.2.0 Come back later";
    const id = await mailTo("short@receiver.example", "short");
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    aheadMs += 300_000;
    await expect
      .poll(async () => (await eventsOf(id))?.[2], patience)
      .toEqual(["BOUNCE", "TRANSIENT", "CUSTOM_TIMEOUT_EXCEEDED", expect.stringContaining("450 4.2.0")]);
  });

  it("waits while its configuration set or the account is paused", async () => {
    const pauseSet = (SendingEnabled: boolean) =>
      server.client.send(
        new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName: "held", SendingEnabled }),
      );
    const pauseAccount = (SendingEnabled: boolean) =>
      server.client.send(new PutAccountSendingAttributesCommand({ SendingEnabled }));
    // Accepted and deferred before the pause; its time comes while it is paused.
    postfix.rcpt = () => "450 4.2.0 Come back later";
    const id = await mailTo("held@receiver.example", "held");
    const other = await mailTo("other@receiver.example");
    for (const one of [id, other]) {
      await expect.poll(() => eventsOf(one), patience).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    }
    postfix.rcpt = () => undefined;
    await pauseSet(false);
    aheadMs += 1_800_000;
    await expect.poll(() => eventsOf(other), patience).toEqual([["SEND"], ["DELIVERY_DELAY"], ["DELIVERY"]]);
    expect(await eventsOf(id)).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    await pauseAccount(false);
    await pauseSet(true);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await eventsOf(id)).toEqual([["SEND"], ["DELIVERY_DELAY"]]);
    await pauseAccount(true);
    await expect.poll(() => eventsOf(id), patience).toEqual([["SEND"], ["DELIVERY_DELAY"], ["DELIVERY"]]);
  });

  it("brings links and a pixel that tell of who follows them", async () => {
    const html = '<p>Hello <a href="https://shop.example/order?n=1&amp;m=2">your order</a></p>';
    const id = await send(
      server,
      simple({
        Destination: { ToAddresses: ["reader@receiver.example"] },
        Content: { Simple: { Subject: { Data: "order" }, Body: { Html: { Data: html } } } },
        ConfigurationOverrides: { Tracking: { OpenTrackingEnabled: "ENABLED", ClickTrackingEnabled: "ENABLED" } },
      }),
    );
    await expect.poll(async () => (await arrivedFor("reader@receiver.example")).length, patience).toBe(1);
    const [mail] = await arrivedFor("reader@receiver.example");
    const read = await PostalMime.parse(mail?.text ?? "");
    const pixel = /<img[^>]+src="([^"]+)"/.exec(read.html ?? "")?.[1] ?? "";
    const link = /<a href="([^"]+)"/.exec(read.html ?? "")?.[1] ?? "";
    expect(pixel).toMatch(new RegExp(`^${server.url}/o/`));
    const userAgent = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
    // Nobody follows links within a second of the delivery.
    aheadMs += 60_000;
    expect((await fetch(pixel, { headers: userAgent })).headers.get("content-type")).toBe("image/gif");
    const followed = await fetch(link, { headers: userAgent, redirect: "manual" });
    expect([followed.status, followed.headers.get("location")]).toEqual([302, "https://shop.example/order?n=1&m=2"]);
    await expect
      .poll(async () => (await insightsOf(server, id)).Insights?.[0]?.Events?.map(({ Type }) => Type), patience)
      .toEqual(["SEND", "DELIVERY", "OPEN", "CLICK"]);
    expect(server.logged).toEqual([]);
  });
});
