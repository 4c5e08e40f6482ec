/** Identities over the wire, with DNS, a relay that takes the mail, and a judge of its signatures. */
import { generateKeyPairSync } from "node:crypto";
import {
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DnsAdvice } from "../src/identities/dns-records.ts";
import { databases } from "./support/databases.ts";
import { type DnsServer, publishRecord, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { type ReceivingServer, startReceivingServer, type TakenMail } from "./support/receiving-server.ts";
import { refused } from "./support/refused.ts";

describe.each(databases)("identities on $name", ({ open }) => {
  let server: InProcessServer;
  let dns: DnsServer;
  let relay: ReceivingServer;
  let database: Awaited<ReturnType<typeof open>>;
  let now = new Date("2026-11-24T10:00:00Z");

  beforeAll(async () => {
    dns = await startDnsServer({ "relay.test": { A: ["192.0.2.25"] }, "mx.test": { A: ["192.0.2.1"] } });
    relay = await startReceivingServer();
    database = await open();
    server = await startInProcess({
      database,
      clock: () => now,
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_HOSTNAME: "mx.test",
        MAILGLASS_DNS_SERVERS: dns.address,
      },
    });
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await relay[Symbol.asyncDispose]();
    await dns.close();
  });

  const later = (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000);
  };
  const get = (EmailIdentity: string) => server.client.send(new GetEmailIdentityCommand({ EmailIdentity }));
  const create = (EmailIdentity: string) => server.client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  const advice = async (name: string) => {
    const answer = await server.app.inject(`/admin/identities/${encodeURIComponent(name)}/dns`);
    expect(answer.statusCode).toBe(200);
    return answer.json<DnsAdvice>();
  };
  const publish = async (name: string) => {
    for (const record of (await advice(name)).records) publishRecord(dns.zone, record);
  };
  /** Whoever asks for DKIM anew has it looked for at once. */
  const lookAgain = (EmailIdentity: string) =>
    server.client.send(
      new PutEmailIdentityDkimSigningAttributesCommand({ EmailIdentity, SigningAttributesOrigin: "AWS_SES" }),
    );
  const verified = (name: string) =>
    eventually(async () => expect(await get(name)).toMatchObject({ VerificationStatus: "SUCCESS" }));
  const send = (FromEmailAddress: string, subject: string) =>
    server.client.send(
      new SendEmailCommand({
        FromEmailAddress,
        Destination: { ToAddresses: ["you@recipient.test"] },
        Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "Hello" } } } },
      }),
    );
  const taken = (wanted: (mail: TakenMail) => boolean) =>
    eventually(() => {
      const found = relay.taken.find(wanted);
      if (!found) throw new Error("not yet");
      return found;
    });
  const signatures = async ({ mime }: TakenMail) => {
    const resolver = async (name: string) => [(dns.zone.get(name)?.TXT ?? []).flat().map(String)];
    const { results } = await dkimVerify(mime, { resolver, curTime: now });
    return results.map(({ signingDomain, status }) => `${signingDomain ?? "nobody"} ${status.result}`);
  };

  test("a domain sends, signed, once its records are published", async () => {
    const created = await create("Sender.test");
    expect(created).toMatchObject({
      IdentityType: "DOMAIN",
      VerifiedForSendingStatus: false,
      DkimAttributes: { Status: "PENDING", SigningAttributesOrigin: "AWS_SES", SigningEnabled: true },
    });
    expect(await refused(send("me@sender.test", "too soon"))).toEqual([
      "MessageRejected",
      "Email address is not verified. The following identities failed the check in region US-EAST-1: me@sender.test",
    ]);
    const before = await advice("sender.test");
    expect(before.records.map(({ type, name, state }) => `${type} ${name} ${state}`)).toEqual([
      `TXT ${created.DkimAttributes?.Tokens?.[0]}._domainkey.sender.test missing`,
      "MX mx.test ok",
      "TXT mx.test missing",
      "TXT _dmarc.sender.test missing",
    ]);
    expect(before.dmarc).toEqual({ dkimAligned: true, spfAligned: false });
    const zone = await server.app.inject("/admin/identities/sender.test/dns?format=zone");
    expect(zone.body).toMatch(
      /^[0-9a-f]{32}\._domainkey\.sender\.test\. IN TXT "v=DKIM1; k=rsa; p=[^"]{237}" "[^"]+"$/m,
    );
    expect(zone.body).toContain(`mx.test. IN TXT "v=spf1 ip4:127.0.0.1 ~all"`);

    await publish("sender.test");
    later(2);
    expect((await advice("sender.test")).records.map(({ state }) => state)).toEqual(["ok", "ok", "ok", "ok"]);
    await lookAgain("sender.test");
    await verified("sender.test");
    await send("me@news.sender.test", "signed");
    const mail = await taken(({ mime }) => mime.includes("Subject: signed"));
    expect(await signatures(mail)).toEqual(["sender.test pass"]);
    expect(mail.from).toMatch(/@mx\.test$/);
  });

  test("a MAIL FROM domain takes the bounces, and holds mail back until it is found where that is wanted", async () => {
    const put = (MailFromDomain: string) =>
      server.client.send(
        new PutEmailIdentityMailFromAttributesCommand({
          EmailIdentity: "sender.test",
          MailFromDomain,
          BehaviorOnMxFailure: "REJECT_MESSAGE",
        }),
      );
    await put("bounce.sender.test");
    expect(await refused(send("me@sender.test", "held back"))).toEqual([
      "MailFromDomainNotVerifiedException",
      "The MAIL FROM domain <bounce.sender.test> is not verified.",
    ]);
    expect((await advice("sender.test")).records.slice(1, 3)).toMatchObject([
      { type: "MX", name: "bounce.sender.test", value: "10 mx.test", state: "missing", found: [] },
      { type: "TXT", name: "bounce.sender.test", value: "v=spf1 ip4:127.0.0.1 ~all", state: "missing" },
    ]);
    await publish("sender.test");
    later(2);
    await put("bounce.sender.test");
    await eventually(async () =>
      expect((await get("sender.test")).MailFromAttributes?.MailFromDomainStatus).toBe("SUCCESS"),
    );
    later(1);
    await send("me@sender.test", "by bounce");
    const mail = await taken(({ mime }) => mime.includes("Subject: by bounce"));
    expect(mail.from).toMatch(/@bounce\.sender\.test$/);
    expect((await advice("sender.test")).dmarc).toEqual({ policy: "none", dkimAligned: true, spfAligned: true });
  });

  test("records are looked for at once where somebody asks, even what was given up", async () => {
    const check = async (name: string) =>
      (await server.app.inject({ method: "POST", url: `/admin/identities/${name}/check` })).statusCode;
    for (const name of ["asked.test", "again.test"]) {
      await create(name);
      expect(await check(name)).toBe(204);
      // At this age the next look by itself is hours away.
      later(12 * 60);
      expect(await check(name)).toBe(204);
      expect(await get(name)).toMatchObject({
        VerificationStatus: "PENDING",
        VerificationInfo: { LastCheckedTimestamp: now, ErrorType: "HOST_NOT_FOUND" },
      });
    }
    await publish("asked.test");
    later(2);
    await lookAgain("asked.test");
    await verified("asked.test");

    later(73 * 60);
    await check("again.test");
    expect(await get("again.test")).toMatchObject({ VerificationStatus: "FAILED" });
    await check("again.test");
    expect(await get("again.test")).toMatchObject({ VerificationStatus: "PENDING" });
    await server.client.send(
      new PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: "again.test", MailFromDomain: "b.again.test" }),
    );
    await publish("again.test");
    later(2);
    expect(await check("again.test")).toBe(204);
    expect(await get("again.test")).toMatchObject({
      VerificationStatus: "SUCCESS",
      MailFromAttributes: { MailFromDomainStatus: "SUCCESS" },
    });
    expect([await check("none.test"), await check("no%20domain")]).toEqual([404, 404]);
  });

  test("an address sends once its owner has confirmed the link of a mail", async () => {
    const address = "o'wner+1@people.test";
    await create(address);
    const mail = await taken(({ to }) => to.includes(address));
    expect(mail.from).toBe("");
    const { text = "", headers, from } = await PostalMime.parse(mail.mime);
    expect(from).toMatchObject({ address: "no-reply@mx.test" });
    expect(headers).toContainEqual(expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }));
    const link = new RegExp(`^${server.url}(/identities/verify/[\\w-]{43})$`, "m").exec(text)?.[1] ?? "";
    // Following the link is not enough: scanners do.
    for (const method of ["HEAD", "GET"] as const) {
      expect((await server.app.inject({ method, url: link })).statusCode).toBe(200);
    }
    const page = await server.app.inject(link);
    expect(page.body).toContain("o&#39;wner+1@people.test");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(await get(address)).toMatchObject({ VerificationStatus: "PENDING", VerifiedForSendingStatus: false });
    expect((await refused(send(address, "too soon")))[0]).toBe("MessageRejected");
    for (const other of [`${link.slice(0, -1)}_`, "/identities/verify/x", `/identities/verify/${"%00".repeat(43)}`]) {
      expect((await server.app.inject({ method: "POST", url: other })).statusCode, other).toBe(404);
    }

    const confirmed = await server.app.inject({ method: "POST", url: link });
    expect([confirmed.statusCode, confirmed.body]).toEqual([200, expect.stringContaining("is confirmed")]);
    expect(await get(address)).toMatchObject({ VerificationStatus: "SUCCESS", VerificationInfo: {} });
    later(1);
    await send(address, "from an address");
    const sent = await taken(({ mime }) => mime.includes("Subject: from an address"));
    // Its domain has no key here.
    expect(await signatures(sent)).toEqual(["nobody none"]);
    later(48 * 60);
    expect((await server.app.inject(link)).body).toContain("is confirmed");
  });

  test("a link works for 24 hours; then the address is made anew", async () => {
    await create("late@people.test");
    const linkOf = async (mail: TakenMail) =>
      /\/identities\/verify\/[\w-]{43}/.exec((await PostalMime.parse(mail.mime)).text ?? "")?.[0] ?? "";
    const first = await taken(({ to }) => to.includes("late@people.test"));
    const link = await linkOf(first);
    later(24 * 60);
    expect((await server.app.inject({ method: "POST", url: link })).statusCode).toBe(410);
    expect((await server.app.inject(link)).statusCode).toBe(410);
    expect((await get("late@people.test")).VerificationStatus).toBe("FAILED");
    await server.client.send(new DeleteEmailIdentityCommand({ EmailIdentity: "late@people.test" }));
    await create("late@people.test");
    const second = await taken((mail) => mail.to.includes("late@people.test") && mail !== first);
    expect((await server.app.inject({ method: "POST", url: link })).statusCode).toBe(404);
    expect((await server.app.inject({ method: "POST", url: await linkOf(second) })).statusCode).toBe(200);
    const { EmailIdentities } = await server.client.send(new ListEmailIdentitiesCommand({}));
    expect(EmailIdentities).toContainEqual(
      expect.objectContaining({
        IdentityName: "late@people.test",
        SendingEnabled: true,
        VerificationStatus: "SUCCESS",
      }),
    );
  });

  test("a key of the caller's signs; nobody reads it back, in the database it is sealed", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const DomainSigningPrivateKey = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
    const DkimSigningAttributes = { DomainSigningSelector: "mine", DomainSigningPrivateKey };
    const created = await server.client.send(
      new CreateEmailIdentityCommand({ EmailIdentity: "own.test", DkimSigningAttributes }),
    );
    expect(created.DkimAttributes).toMatchObject({ Tokens: ["mine"], SigningAttributesOrigin: "EXTERNAL" });
    await publish("own.test");
    later(2);
    await server.client.send(
      new PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: "own.test", MailFromDomain: "b.own.test" }),
    );
    await verified("own.test");
    await send("me@own.test", "by own key");
    expect(await signatures(await taken(({ mime }) => mime.includes("Subject: by own key")))).toEqual([
      "own.test pass",
    ]);
    const rows = await database.query<object>("SELECT private_key::text FROM dkim_keys");
    const der = privateKey.export({ format: "der", type: "pkcs8" }).toString("hex");
    for (const row of rows) expect(JSON.stringify(row)).not.toContain(der.slice(200, 260));
    expect(JSON.stringify([await get("own.test"), server.logged])).not.toContain(
      DomainSigningPrivateKey.slice(100, 160),
    );
  });

  test("feedback and the default configuration set are kept", async () => {
    const EmailIdentity = "sender.test";
    await server.client.send(
      new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled: false }),
    );
    expect((await get(EmailIdentity)).FeedbackForwardingStatus).toBe(false);
    await server.client.send(
      new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled: true }),
    );
    await server.client.send(new PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity }));
    const identity = await get(EmailIdentity);
    expect([identity.FeedbackForwardingStatus, identity.ConfigurationSetName]).toEqual([true, undefined]);
  });

  test.each([
    ["/admin/identities/none.test/dns", 404],
    ["/admin/identities/no%20domain/dns", 404],
    ["/admin/identities/sender.test/dns?format=xml", 400],
    ["/admin/identities/sender.test/dns?zone=1", 400],
  ])("%s answers %i", async (url, status) => {
    expect((await server.app.inject(url)).statusCode).toBe(status);
  });
});
