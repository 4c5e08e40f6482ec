/** The pages of identities, with DNS and a relay: from an unknown domain to one that is verified, by hand alone. */
import { generateKeyPairSync } from "node:crypto";
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  GetEmailIdentityCommand,
} from "@aws-sdk/client-sesv2";
import type { Browser, Page } from "playwright-core";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DnsAdvice } from "../../src/identities/dns-records.ts";
import { openPage } from "../support/browser.ts";
import { startDashboardServer } from "../support/dashboard-server.ts";
import { type DnsServer, publishRecord, startDnsServer } from "../support/dns-server.ts";
import { downloaded } from "../support/downloaded.ts";
import { eventually } from "../support/eventually.ts";
import type { InProcessServer } from "../support/in-process-server.ts";
import { heading } from "../support/messages-page.ts";
import { browserMissing } from "../support/missing-tools.ts";
import { faultsOfPages, pageFaultsTimeout } from "../support/page-faults.ts";
import { type ReceivingServer, startReceivingServer } from "../support/receiving-server.ts";
import { connectBrowser } from "../support/shared-browser.ts";

const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const record = (page: Page, name: string) =>
  page.getByRole("table", { name: "DNS records" }).getByRole("row").filter({ hasText: name });
const refusal = (page: Page) => page.getByRole("dialog").getByRole("alert");

describe.skipIf(browserMissing())("identities in the dashboard", () => {
  let browser: Browser;
  let dns: DnsServer;
  let relay: ReceivingServer;
  let server: InProcessServer;
  let now = new Date();
  beforeAll(async () => {
    [browser, dns, relay] = await Promise.all([
      connectBrowser(),
      startDnsServer({ "mx.test": { A: ["192.0.2.1"] } }),
      startReceivingServer(),
    ]);
    server = await startDashboardServer({
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
    await browser.close();
    await server.close();
    await relay[Symbol.asyncDispose]();
    await dns.close();
  });

  /** DNS answers are kept for as long as they allow: 5 minutes where there was a record, one where there was none. */
  const later = (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000);
  };
  const get = (EmailIdentity: string) => server.client.send(new GetEmailIdentityCommand({ EmailIdentity }));
  const create = (EmailIdentity: string) => server.client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  const advice = async (name: string) =>
    (await server.app.inject(`/admin/identities/${encodeURIComponent(name)}/dns`)).json<DnsAdvice>();
  const publish = async (name: string) => {
    for (const record of (await advice(name)).records) publishRecord(dns.zone, record);
    later(6);
  };
  const createVerified = async (name: string) => {
    await create(name);
    await publish(name);
    await server.app.inject({ method: "POST", url: `/admin/identities/${name}/check` });
    expect(await get(name)).toMatchObject({ VerificationStatus: "SUCCESS" });
  };
  const checkAgain = async (page: Page) => {
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByRole("button", { name: "Check again", disabled: false }).waitFor();
  };

  it("a domain is made, its records are told, and it is verified once they are published", async () => {
    await using watched = await openPage(browser, server.url, { permissions: ["clipboard-read", "clipboard-write"] });
    const { page, problems } = watched;
    await page.goto("/identities");
    await page.getByText("There is no identity yet").waitFor();
    await page.getByRole("button", { name: "New identity" }).click();
    await page.getByLabel("Domain or address").fill("Example.TEST");
    await page.getByRole("button", { name: "Create" }).click();
    await heading(page, "example.test").waitFor();
    await part(page, "Verification").getByText("Not verified yet").waitFor();
    const [key] = (await advice("example.test")).records;
    for (const name of ["_domainkey.example.test", "_dmarc.example.test"]) {
      await record(page, name).getByText("Missing").waitFor();
    }
    await part(page, "DNS records").getByText("There is no DMARC record yet", { exact: false }).waitFor();
    await record(page, "_domainkey").getByRole("button", { name: "Copy the value", exact: false }).click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(key?.value);
    const zone = await downloaded(page, () => page.getByRole("link", { name: "As a zone file" }).click());
    expect(zone.text).toContain(key?.zone);

    dns.zone.set(key?.name ?? "", { TXT: ["v=DKIM1; k=rsa; p=AAAA"] });
    later(2);
    await checkAgain(page);
    await record(page, "_domainkey").getByText("Differs").waitFor();
    await record(page, "_domainkey").getByText("v=DKIM1; k=rsa; p=AAAA", { exact: true }).waitFor();
    await part(page, "Verification").getByText("another value was there", { exact: false }).waitFor();

    later(6);
    await publish("example.test");
    await checkAgain(page);
    await part(page, "Verification").getByText("Verified", { exact: true }).waitFor();
    await part(page, "DNS records").getByText("All are published.", { exact: false }).waitFor();
    await part(page, "DNS records")
      .getByText("Mail from example.test passes DMARC by its DKIM signature. Receivers are told to only watch", {
        exact: false,
      })
      .waitFor();
    await part(page, "DKIM signature").getByText("In use").waitFor();
    expect(problems).toEqual([]);
  });

  it("what can't be an identity is refused in SES's words, and what was typed stays", async () => {
    await create("taken.test");
    await using watched = await openPage(browser, server.url);
    const { page } = watched;
    await page.goto("/identities");
    await page.getByRole("button", { name: "New identity" }).click();
    const name = page.getByLabel("Domain or address");
    const refusedAs = async (typed: string, text: string) => {
      await name.fill(typed);
      await page.getByRole("button", { name: "Create" }).click();
      await refusal(page).getByText(text, { exact: false }).waitFor();
      await expect.poll(() => name.inputValue()).toBe(typed);
    };
    await refusedAs("taken.test", "Email identity taken.test already exist.");
    await refusedAs("no domain", "Invalid domain name <no domain>.");
    await refusedAs("two@at@signs", "Invalid email address <two@at@signs>.");
    await page.getByLabel("A key of your own (BYODKIM)").waitFor({ state: "hidden" });
    await name.fill("own.test");
    await page.getByLabel("A key of your own (BYODKIM)").check();
    await page.getByLabel("Selector").fill("mine");
    await page.getByLabel("Private key").fill("not a key");
    await refusedAs("own.test", "The private key must be a base64-encoded RSA key.");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    await page.getByLabel("Private key").fill(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    await page.getByRole("button", { name: "Create" }).click();
    await heading(page, "own.test").waitFor();
    await part(page, "DKIM signature").getByText("A key of your own, under the selector mine.").waitFor();
    await record(page, "mine._domainkey.own.test").waitFor();
  });

  it("a MAIL FROM domain is set, found and removed", async () => {
    await createVerified("bounced.test");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities/bounced.test");
    const mailFrom = part(page, "MAIL FROM domain");
    await mailFrom.getByText("None of its own", { exact: false }).waitFor();
    await mailFrom.getByRole("button", { name: "Change the MAIL FROM domain" }).click();
    const domain = page.getByRole("textbox", { name: "Domain" });
    await page.getByLabel("Refuse it").check();
    await domain.fill("bounce.elsewhere.test");
    await page.getByRole("button", { name: "Save" }).click();
    await refusal(page).getByText("is not subdomain of the domain of the identity", { exact: false }).waitFor();
    problems.length = 0;
    await domain.fill("bounce.bounced.test");
    await page.getByRole("button", { name: "Save" }).click();
    await mailFrom.getByText("Waits for its record").waitFor();
    await mailFrom.getByText("Without its MX record mail is refused.", { exact: false }).waitFor();
    await record(page, "10 mx.test").getByText("Missing").waitFor();
    await record(page, "v=spf1").filter({ hasText: "bounce.bounced.test" }).getByText("Missing").waitFor();

    await publish("bounced.test");
    await checkAgain(page);
    await mailFrom.getByText("In use").waitFor();
    await part(page, "DNS records")
      .getByText("passes DMARC by its DKIM signature and its return path.", { exact: false })
      .waitFor();
    await mailFrom.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await mailFrom.getByText("None of its own", { exact: false }).waitFor();
    expect((await get("bounced.test")).MailFromAttributes).toEqual({ BehaviorOnMxFailure: "USE_DEFAULT_VALUE" });
    expect(problems).toEqual([]);
  });

  it("signing is switched, and a key replaced once the record of the next is found", async () => {
    await createVerified("signed.test");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities/signed.test");
    const dkim = part(page, "DKIM signature");
    await dkim.getByLabel("Sign mail").click();
    await dkim.getByText("Off", { exact: true }).waitFor();
    expect((await get("signed.test")).DkimAttributes?.SigningEnabled).toBe(false);
    await dkim.getByLabel("Sign mail").click();
    await dkim.getByText("In use").waitFor();

    await dkim.getByRole("button", { name: "Change the DKIM key" }).click();
    await page.getByLabel("A key made by this server, of 1024 bits").check();
    await page.getByRole("button", { name: "Save" }).click();
    await dkim.getByText("of 2048 bits; one of 1024 bits is to follow it.", { exact: false }).waitFor();
    await expect.poll(() => record(page, "_domainkey").count()).toBe(2);
    await publish("signed.test");
    await checkAgain(page);
    await dkim.getByText("of 1024 bits.", { exact: false }).waitFor();
    await expect.poll(() => record(page, "_domainkey").count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("what its mail goes by is chosen", async () => {
    await create("settings.test");
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities/settings.test");
    await part(page, "Bounces and complaints by mail").getByLabel("Forward each to its mail’s sender").click();
    await eventually(async () => expect((await get("settings.test")).FeedbackForwardingStatus).toBe(false));
    const set = part(page, "Default configuration set");
    await set.getByRole("button", { name: "Change" }).click();
    await page.getByRole("combobox", { name: "Default configuration set" }).click();
    await page.getByRole("option", { name: "news" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await set.getByRole("link", { name: "news" }).waitFor();
    expect((await get("settings.test")).ConfigurationSetName).toBe("news");
    await page.getByRole("link", { name: "Its messages" }).click();
    await heading(page, "Messages").waitFor();
    expect(new URL(page.url()).search).toBe("?identity=settings.test");
    expect(problems).toEqual([]);
  });

  it("an address is confirmed by the link of a mail, or covered by its domain", async () => {
    await createVerified("covering.test");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities");
    await page.getByRole("button", { name: "New identity" }).click();
    await page.getByLabel("Domain or address").fill("owner@people.test");
    await page.getByText("A mail with a link is sent to it.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await heading(page, "owner@people.test").waitFor();
    const verification = part(page, "Verification");
    await verification.getByText("A mail was sent to owner@people.test.", { exact: false }).waitFor();
    await verification.getByText("No verified domain covers it.").waitFor();
    await expect.poll(() => part(page, "DNS records").count()).toBe(0);
    const mail = await eventually(
      () => relay.taken.find(({ to }) => to.includes("owner@people.test")) ?? expect.fail("no mail yet"),
    );
    const { text = "" } = await PostalMime.parse(mail.mime);
    const link = /\/identities\/verify\/[\w-]{43}/.exec(text)?.[0] ?? "";
    expect((await server.app.inject({ method: "POST", url: link })).statusCode).toBe(200);
    // The page sees it by itself.
    await verification.getByText("Verified", { exact: true }).waitFor();

    await create("me@news.covering.test");
    await page.goto("/identities/me@news.covering.test");
    await verification.getByText("So it may send already.", { exact: false }).waitFor();
    await verification.getByRole("link", { name: "covering.test" }).click();
    await heading(page, "covering.test").waitFor();
    expect(problems).toEqual([]);
  });

  it("the list is searched, and an identity that is deleted is gone from it", async () => {
    await create("gone.test");
    await create("going@gone.test");
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities");
    const rows = page.getByRole("table", { name: "Identities" }).getByRole("row");
    await page.getByLabel("Name").fill("GONE.test");
    await page.waitForURL(/name=GONE/);
    await rows.filter({ hasText: "going@gone.test" }).getByText("May not send yet").waitFor();
    await expect.poll(() => rows.count()).toBe(3);
    await rows.getByRole("link", { name: "gone.test", exact: true }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByText("Mail from it is refused from then on", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Delete the identity" }).click();
    await heading(page, "Identities").waitFor();
    await page.getByRole("combobox", { name: "Verification" }).click();
    await page.getByRole("option", { name: "Not verified yet" }).click();
    await rows.filter({ hasText: "going@gone.test" }).waitFor();
    await expect.poll(() => rows.getByRole("link", { name: "gone.test", exact: true }).count()).toBe(0);
    expect(problems).toEqual([]);
    await page.goto("/identities/gone.test");
    await page.getByRole("alert").getByText("Email identity gone.test does not exist.").waitFor();
  });

  it(
    "nothing serious is wrong with them, on a wide screen and on a phone",
    async () => {
      await createVerified("above.test");
      await create("faultless.test");
      await create("faultless@above.test");
      const faults = await faultsOfPages(
        browser,
        server.url,
        ["/identities", (page) => page.getByRole("link", { name: "faultless.test", exact: true }).waitFor()],
        ["/identities/faultless.test", (page) => record(page, "_domainkey").getByText("Missing").waitFor()],
        [
          "/identities/faultless@above.test",
          (page) => page.getByText("So it may send already.", { exact: false }).waitFor(),
        ],
        [
          "/identities?status=FAILED",
          async (page) => {
            await page.getByText("No identity matches").waitFor();
            await page.getByRole("button", { name: "New identity" }).click();
            await page.getByLabel("A key of your own (BYODKIM)").check();
            await page.getByLabel("Private key").waitFor();
          },
        ],
      );
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );
});

describe.skipIf(browserMissing())("identities in the dashboard where mail is captured", () => {
  let browser: Browser;
  let dns: DnsServer;
  let server: InProcessServer;
  beforeAll(async () => {
    [browser, dns] = await Promise.all([connectBrowser(), startDnsServer()]);
    server = await startDashboardServer({ environment: { MAILGLASS_DNS_SERVERS: dns.address } });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await dns.close();
  });

  it("are verified at once, which is said; records are looked up only when somebody wants them", async () => {
    await using watched = await openPage(browser, server.url);
    const { page, problems } = watched;
    await page.goto("/identities");
    await page.getByText("This server captures mail: nothing leaves it.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "New identity" }).click();
    await page.getByLabel("Domain or address").fill("kept.test");
    await page.getByRole("button", { name: "Create" }).click();
    await part(page, "Verification").getByText("It is verified at once", { exact: false }).waitFor();
    await part(page, "Verification").getByText("Verified", { exact: true }).waitFor();
    expect(dns.questions).toEqual([]);
    await expect.poll(() => page.getByRole("button", { name: "Check again" }).count()).toBe(0);
    await page.getByRole("button", { name: "Show the records" }).click();
    await record(page, "_domainkey.kept.test").getByText("Missing").waitFor();
    expect(dns.questions).toContain("udp TXT _dmarc.kept.test");
    expect(problems).toEqual([]);
  });

  it(
    "show nothing serious that is wrong, on a wide screen and on a phone",
    async () => {
      await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity: "faultless.test" }));
      const faults = await faultsOfPages(
        browser,
        server.url,
        ["/identities", (page) => page.getByRole("link", { name: "faultless.test" }).waitFor()],
        ["/identities/faultless.test", (page) => page.getByRole("button", { name: "Show the records" }).waitFor()],
      );
      expect(faults).toEqual([]);
    },
    pageFaultsTimeout,
  );
});
