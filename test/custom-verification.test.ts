/** Custom verification mail over the wire: through both APIs to a relay, and its link opened in a browser. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as v1 from "@aws-sdk/client-ses";
import { SESv2 } from "@aws-sdk/client-sesv2";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import type { Browser } from "playwright-core";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DnsAdvice } from "../src/identities/dns-records.ts";
import { openPage } from "./support/browser.ts";
import { type DnsServer, publishRecord, startDnsServer } from "./support/dns-server.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { boto3Missing, browserMissing } from "./support/missing-tools.ts";
import { type PythonClients, startPythonClients } from "./support/python-clients.ts";
import { type ReceivingServer, startReceivingServer, type TakenMail } from "./support/receiving-server.ts";
import { refused } from "./support/refused.ts";
import { connectBrowser } from "./support/shared-browser.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

let server: InProcessServer;
let dns: DnsServer;
let relay: ReceivingServer;
let site: Server;
let siteUrl: string;
let browser: Browser | undefined;
let python: PythonClients;
let inV2: SESv2;
let inV1: v1.SES;
let now = new Date("2026-11-24T10:00:00Z");

const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};

beforeAll(async () => {
  dns = await startDnsServer({ "mx.test": { A: ["192.0.2.1"] } });
  relay = await startReceivingServer();
  site = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<title>${request.url}</title><h1>The page ${request.url}</h1><p>${request.headers.referer ?? "none"}`,
    );
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  server = await startInProcess({
    clock: () => now,
    environment: {
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAILGLASS_HOSTNAME: "mx.test",
      MAILGLASS_DNS_SERVERS: dns.address,
      MAILGLASS_ABUSE_ADDRESS: "abuse@mx.test",
    },
  });
  const client = { endpoint: server.url, region: "us-east-1", credentials, maxAttempts: 1 };
  inV2 = new SESv2(client);
  inV1 = new v1.SES(client);
  python = startPythonClients({ service: "ses", url: server.url, credentials });
  browser = browserMissing() ? undefined : await connectBrowser();
  await verifyDomain("sender.test");
});
afterAll(async () => {
  await browser?.close();
  await python.stop();
  inV2.destroy();
  inV1.destroy();
  await server.close();
  site.closeAllConnections();
  site.close();
  await relay[Symbol.asyncDispose]();
  await dns.close();
});

async function verifyDomain(EmailIdentity: string): Promise<void> {
  await inV2.createEmailIdentity({ EmailIdentity });
  const advice = await server.app.inject(`/admin/identities/${EmailIdentity}/dns`);
  for (const record of advice.json<DnsAdvice>().records) publishRecord(dns.zone, record);
  later(2);
  await inV2.putEmailIdentityDkimSigningAttributes({ EmailIdentity, SigningAttributesOrigin: "AWS_SES" });
  await eventually(async () =>
    expect(await inV2.getEmailIdentity({ EmailIdentity })).toMatchObject({ VerificationStatus: "SUCCESS" }),
  );
}

const parts = (TemplateName: string) => ({
  TemplateName,
  FromEmailAddress: "Welcome <hello@sender.test>",
  TemplateSubject: `Confirm for ${TemplateName}`,
  TemplateContent: `<html><head></head><body style="font-family:sans-serif"><h1>Hello from ${TemplateName}</h1></body></html>`,
  SuccessRedirectionURL: `${siteUrl}/success?of=${TemplateName}`,
  FailureRedirectionURL: `${siteUrl}/failure?of=${TemplateName}`,
});
const status = async (EmailIdentity: string) => (await inV2.getEmailIdentity({ EmailIdentity })).VerificationStatus;
const mailTo = (address: string): Promise<TakenMail> =>
  eventually(() => {
    const found = relay.taken.find(({ to }) => to.includes(address));
    if (!found) throw new Error("not yet");
    return found;
  });
const linkIn = async ({ mime }: TakenMail) =>
  new RegExp(`^${server.url}(/identities/verify/[\\w-]{43})$`, "m").exec(
    (await PostalMime.parse(mime)).text ?? "",
  )?.[1] ?? "";

/** Clicks the link of the mail as a mail program shows it; resolves to what the browser then shows. */
async function clickIn(mail: TakenMail): Promise<{ url: string; heading: string | null; referer: string | null }> {
  if (!browser) throw new Error("there is no browser");
  await using opened = await openPage(browser, server.url, { mayAsk: siteUrl });
  const { page } = opened;
  await page.setContent((await PostalMime.parse(mail.mime)).html ?? "");
  await page.getByRole("link", { name: "/identities/verify/" }).click();
  await page.waitForURL(`${siteUrl}/**`);
  const heading = await page.getByRole("heading").textContent();
  const referer = await page.getByRole("paragraph").textContent();
  return { url: page.url(), heading, referer };
}

test("v2: the mail is signed, and only opening the link verifies", async () => {
  const address = "one@people.test";
  await inV2.createCustomVerificationEmailTemplate({ ...parts("v2"), Tags: [{ Key: "team", Value: "a" }] });
  const { MessageId } = await inV2.sendCustomVerificationEmail({ EmailAddress: address, TemplateName: "v2" });
  expect(await status(address)).toBe("PENDING");
  const mail = await mailTo(address);
  const resolver = async (name: string) => [(dns.zone.get(name)?.TXT ?? []).flat().map(String)];
  const { results } = await dkimVerify(mail.mime, { resolver, curTime: now });
  expect(results.map(({ signingDomain, status: { result } }) => [signingDomain, result])).toEqual([
    ["sender.test", "pass"],
  ]);
  const read = await PostalMime.parse(mail.mime);
  expect(read).toMatchObject({ from: { name: "Welcome", address: "hello@sender.test" }, subject: "Confirm for v2" });
  expect(read.html).toContain('<a href="mailto:abuse@mx.test">abuse@mx.test</a>');
  expect(read.html).not.toMatch(/\/[oc]\//);
  await eventually(async () => {
    const { Insights } = await inV2.getMessageInsights({ MessageId });
    expect(Insights?.[0]?.Events?.map(({ Type }) => Type)).toEqual(["SEND", "DELIVERY"]);
  });

  const link = await linkIn(mail);
  expect((await server.app.inject({ method: "HEAD", url: link })).statusCode).toBe(200);
  const prefetch = { "sec-purpose": "prefetch;prerender" };
  expect((await server.app.inject({ url: link, headers: prefetch })).statusCode).toBe(503);
  expect((await server.app.inject({ method: "POST", url: link })).statusCode).toBe(404);
  expect((await server.app.inject(`${link.slice(0, -1)}_`)).statusCode).toBe(404);
  expect(await status(address)).toBe("PENDING");
  const opened = await server.app.inject(`${link}?url=https%3A%2F%2Fevil.example%2F`);
  expect([opened.statusCode, opened.headers.location]).toEqual([302, `${siteUrl}/success?of=v2`]);
  expect(opened.headers).toMatchObject({ "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
  expect(await status(address)).toBe("SUCCESS");
  // The usual mail was not sent, too.
  expect(relay.taken.filter(({ to }) => to.includes(address))).toHaveLength(1);
  await inV2.deleteEmailIdentity({ EmailIdentity: address });
  expect((await server.app.inject(link)).headers.location).toBe(`${siteUrl}/failure?of=v2`);
});

describe.skipIf(browserMissing())("in Chromium", () => {
  test("a click verifies, and leads to the success page of the template as it was", async () => {
    const address = "two@people.test";
    await inV2.createCustomVerificationEmailTemplate(parts("clicked"));
    await inV2.sendCustomVerificationEmail({ EmailAddress: address, TemplateName: "clicked" });
    const mail = await mailTo(address);
    await inV2.updateCustomVerificationEmailTemplate({
      ...parts("clicked"),
      SuccessRedirectionURL: `${siteUrl}/other`,
    });
    const url = "/success?of=clicked";
    expect(await clickIn(mail)).toEqual({ url: siteUrl + url, heading: `The page ${url}`, referer: "none" });
    expect(await status(address)).toBe("SUCCESS");
    await inV2.deleteCustomVerificationEmailTemplate({ TemplateName: "clicked" });
    expect((await clickIn(mail)).url).toBe(siteUrl + url);
  });

  test("v1: a link that has expired leads to the failure page", async () => {
    const address = "three@people.test";
    await inV1.createCustomVerificationEmailTemplate(parts("v1"));
    expect(await inV2.getCustomVerificationEmailTemplate({ TemplateName: "v1" })).toMatchObject({
      ...parts("v1"),
      Tags: [],
    });
    await inV1.sendCustomVerificationEmail({ EmailAddress: address, TemplateName: "v1" });
    const mail = await mailTo(address);
    const { VerificationAttributes } = await inV1.getIdentityVerificationAttributes({ Identities: [address] });
    expect(VerificationAttributes?.[address]?.VerificationStatus).toBe("Pending");
    later(24 * 60);
    expect((await clickIn(mail)).url).toBe(`${siteUrl}/failure?of=v1`);
    expect(await status(address)).toBe("FAILED");
  });
});

test("v1's errors are those of its model", async () => {
  const missing = inV1.getCustomVerificationEmailTemplate({ TemplateName: "none" });
  await expect(missing).rejects.toBeInstanceOf(v1.CustomVerificationEmailTemplateDoesNotExistException);
  const create = (given: object) => inV1.createCustomVerificationEmailTemplate({ ...parts("refused"), ...given });
  await expect(create({ TemplateContent: "<a>" })).rejects.toBeInstanceOf(
    v1.CustomVerificationEmailInvalidContentException,
  );
  const unverified = await create({ FromEmailAddress: "a@other.test" }).catch((error: unknown) => error);
  expect(unverified).toBeInstanceOf(v1.FromEmailAddressNotVerifiedException);
  expect(unverified).toMatchObject({ FromEmailAddress: "a@other.test" });
  await inV1.deleteCustomVerificationEmailTemplate({ TemplateName: "none" });
});

test.skipIf(boto3Missing())("boto3 makes, changes and sends a template", async () => {
  await python.boto3("create-custom-verification-email-template", parts("python"));
  await python.boto3("update-custom-verification-email-template", {
    TemplateName: "python",
    TemplateSubject: "From Python",
  });
  expect(await inV2.getCustomVerificationEmailTemplate({ TemplateName: "python" })).toMatchObject({
    ...parts("python"),
    TemplateSubject: "From Python",
  });
  expect(await python.boto3("list-custom-verification-email-templates", { MaxResults: 50 })).toMatchObject({
    CustomVerificationEmailTemplates: expect.arrayContaining([expect.objectContaining({ TemplateName: "python" })]),
  });
  const address = "four@people.test";
  await python.boto3("send-custom-verification-email", { EmailAddress: address, TemplateName: "python" });
  expect((await PostalMime.parse((await mailTo(address)).mime)).subject).toBe("From Python");
});

test("a sender that is not verified any more can't send", async () => {
  await inV2.createCustomVerificationEmailTemplate(parts("orphan"));
  await verifyDomain("gone.test");
  const FromEmailAddress = "a@gone.test";
  await inV2.updateCustomVerificationEmailTemplate({ ...parts("orphan"), FromEmailAddress });
  await inV2.deleteEmailIdentity({ EmailIdentity: "gone.test" });
  expect(await refused(inV2.sendCustomVerificationEmail({ EmailAddress: "x@y.test", TemplateName: "orphan" }))).toEqual(
    [
      "MessageRejected",
      "Email address is not verified. The following identities failed the check in region US-EAST-1: a@gone.test",
    ],
  );
  expect((await refused(inV2.getEmailIdentity({ EmailIdentity: "x@y.test" })))[0]).toBe("NotFoundException");
});

describe("what Mailglass does not have", () => {
  const message = {
    EndpointId: "abc.def",
    FromEmailAddress: "hello@sender.test",
    Destination: { ToAddresses: ["a@people.test"] },
    Content: { Simple: { Subject: { Data: "Hi" }, Body: { Text: { Data: "Hello" } } } },
  };

  test("multi-region endpoints can't be created, and there are none", async () => {
    const routes = (...regions: string[]) => ({ RoutesDetails: regions.map((Region) => ({ Region })) });
    const create = (EndpointName: string, Details: object, Tags = [{ Key: "k", Value: "v" }]) =>
      inV2.createMultiRegionEndpoint({ EndpointName, Details: { RoutesDetails: [], ...Details }, Tags });
    expect(await refused(create("name", routes("eu-west-1")))).toEqual([
      "BadRequestException",
      "The multi-region endpoint <name> can't be created: Mailglass does not divide mail between regions. Send to one region, without an EndpointId.",
    ]);
    // What is wrong with a request comes first.
    expect((await refused(create("bad name", {})))[1]).toMatch(
      /^1 validation error detected: Value at 'endpointName' failed/,
    );
    for (const Details of [{}, routes("eu-west-1", "us-west-2")]) {
      expect((await refused(create("name", Details)))[1]).toBe("RoutesDetails must contain exactly one route.");
    }
    expect((await refused(create("name", routes("eu-west-1"), [{ Key: "aws:k", Value: "" }])))[1]).toMatch(
      /system tags/,
    );
    const missing = ["NotFoundException", "The multi-region endpoint <name> does not exist."];
    expect(await refused(inV2.getMultiRegionEndpoint({ EndpointName: "name" }))).toEqual(missing);
    expect(await refused(inV2.deleteMultiRegionEndpoint({ EndpointName: "name" }))).toEqual(missing);
    const { $metadata: _, ...list } = await inV2.listMultiRegionEndpoints({ PageSize: 1000 });
    expect(list).toEqual({ MultiRegionEndpoints: [] });
    expect((await refused(inV2.listMultiRegionEndpoints({ PageSize: 1001, NextToken: "no token" })))[1]).toMatch(
      /^2 validation errors detected: Value 'no token' at 'nextToken' .*; Value '1001' at 'pageSize'/,
    );
    expect((await refused(inV2.listMultiRegionEndpoints({ NextToken: "dG9rZW4=" })))[1]).toBe("Invalid Next Token");
  });

  test("an EndpointId that reaches an operation is refused", async () => {
    const post = (url: string, payload: object) => server.app.inject({ method: "POST", url, payload });
    const bulk = { ...message, DefaultContent: {}, BulkEmailEntries: [] };
    for (const answer of [
      await post("/v2/email/outbound-emails", message),
      await post("/v2/email/outbound-bulk-emails", bulk),
    ]) {
      expect([answer.statusCode, answer.headers["x-amzn-errortype"], answer.json().message]).toEqual([
        400,
        "BadRequestException",
        "The multi-region endpoint <abc.def> does not exist: Mailglass has no multi-region endpoints. Leave EndpointId out.",
      ]);
    }
  });
});
