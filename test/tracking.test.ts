/** Opens and clicks with the SDK: from mail as its recipient gets it to insights, metrics and exports. */
import { setTimeout as delay } from "node:timers/promises";
import {
  BatchGetMetricDataCommand,
  CreateConfigurationSetCommand,
  CreateExportJobCommand,
  type Metric,
  PutAccountVdmAttributesCommand,
  PutConfigurationSetTrackingOptionsCommand,
  PutConfigurationSetVdmOptionsCommand,
  type SendEmailRequest,
} from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { downloadExport, endOfExport } from "./support/message-export.ts";
import { insightsOf, send as sendOn, simple, told } from "./support/sent-mail.ts";

const html = `<html><body><p>Hallo <a href="https://shop.example.com/ü?a=1&amp;b=2" ses:tags="place:top">eins</a>
<a href="http://shop.example.com/zwei">zwei</a><a ses:no-track href="https://shop.example.com/drei">drei</a></body></html>`;
const browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0";
const appleProxy = "Mozilla/5.0";

let server: InProcessServer;
/** The same stores, where machines count. */
let counting: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "1" } });
  const { database, events, objects, sealer } = server;
  const environment = { MAILGLASS_MACHINE_ENGAGEMENT: "count", MAILGLASS_EXPORT_WORKERS: "0" };
  counting = await startInProcess({ database, events, objects, sealer, environment });
  await server.client.send(
    new PutAccountVdmAttributesCommand({
      VdmAttributes: { VdmEnabled: "ENABLED", DashboardAttributes: { EngagementMetrics: "ENABLED" } },
    }),
  );
});
afterAll(async () => {
  await counting.close();
  await server.close();
});

const htmlMail = (given: Partial<SendEmailRequest> = {}) =>
  simple({
    Content: { Simple: { Subject: { Data: "Grüße" }, Body: { Html: { Data: html, Charset: "UTF-8" } } } },
    ...given,
  });
const send = (given: Partial<SendEmailRequest> = {}) => sendOn(server, htmlMail(given));

async function mailAnswer(id: string, recipient: string): Promise<Response> {
  return fetch(`${server.url}/admin/messages/${id}/mail?recipient=${encodeURIComponent(recipient)}`);
}

/** The HTML as the recipient gets it, with the URLs of its links and of its images. */
async function received(id: string, recipient = "user@gmail.com") {
  const answer = await mailAnswer(id, recipient);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "message/rfc822"]);
  const { html: text = "" } = await PostalMime.parse(await answer.arrayBuffer());
  const urls = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, url = ""]) => url);
  return { text, links: urls(/<a [^>]*href="([^"]*)"/g), pixels: urls(/<img [^>]*src="([^"]*)"/g) };
}

const visit = (url: string | undefined, userAgent: string, more: RequestInit = {}) =>
  fetch(url ?? "", { redirect: "manual", headers: { "user-agent": userAgent }, ...more });

const typesOf = async (on: InProcessServer, id: string) => told(await insightsOf(on, id)).map(([, events]) => events);

it("mail is tracked, and its story told at once", async () => {
  const id = await send();
  const { links, pixels, text } = await received(id);
  expect(links).toHaveLength(3);
  expect(links[2]).toBe("https://shop.example.com/drei");
  expect(text).not.toMatch(/ses:|shop\.example\.com\/(?:ü|zwei)/);
  expect(pixels).toHaveLength(1);

  const pixel = await visit(pixels[0], browser);
  expect([pixel.status, pixel.headers.get("content-type"), pixel.headers.get("cache-control")]).toEqual([
    200,
    "image/gif",
    "private, no-store",
  ]);
  expect(Buffer.from(await pixel.arrayBuffer()).toString("latin1", 0, 6)).toBe("GIF89a");
  expect(await typesOf(server, id)).toEqual([[["SEND"], ["DELIVERY"], ["OPEN"]]]);

  const followed = await Promise.all(links.slice(0, 2).map((link) => visit(link, browser)));
  expect(followed.map(({ status, headers }) => [status, headers.get("location")])).toEqual([
    [302, "https://shop.example.com/%C3%BC?a=1&b=2"],
    [302, "http://shop.example.com/zwei"],
  ]);
  expect(await typesOf(server, id)).toEqual([[["SEND"], ["DELIVERY"], ["OPEN"], ["CLICK"], ["CLICK"]]]);

  await server.recorder.drained();
  const answer = await server.events.client.query({
    query: "SELECT details FROM events WHERE message_id = {id:String} AND type = 'CLICK'",
    query_params: { id },
    format: "JSONEachRow",
  });
  const clicks = (await answer.json<{ details: string }>()).map(({ details }): unknown => JSON.parse(details));
  expect(clicks).toEqual(
    expect.arrayContaining([
      {
        ipAddress: "127.0.0.1",
        userAgent: browser,
        link: "https://shop.example.com/ü?a=1&b=2",
        linkTags: { place: ["top"] },
      },
      { ipAddress: "127.0.0.1", userAgent: browser, link: "http://shop.example.com/zwei" },
    ]),
  );
});

it("each recipient has URLs of their own, the same each time, and no one else can have any", async () => {
  const id = await send({ Destination: { ToAddresses: ["one@example.com"], BccAddresses: ["two@example.com"] } });
  const [one, two] = [await received(id, "one@example.com"), await received(id, "two@example.com")];
  expect(await received(id, "one@example.com")).toEqual(one);
  expect(two.pixels).not.toEqual(one.pixels);
  await visit(two.pixels[0], browser);
  expect(told(await insightsOf(server, id))).toEqual([
    ["one@example.com", [["SEND"], ["DELIVERY"]]],
    ["two@example.com", [["SEND"], ["DELIVERY"], ["OPEN"]]],
  ]);
  for (const [other, recipient] of [
    [id, "three@example.com"],
    [id.replace(/.-000000$/, "x-000000"), "one@example.com"],
    ["%00", "one@example.com"],
  ]) {
    expect((await mailAnswer(other ?? "", recipient ?? "")).status).toBe(404);
  }
  expect((await fetch(`${server.url}/admin/messages/${id}/mail`)).status).toBe(400);
});

it("what is stored, and mail that is not tracked, stays as it was sent", async () => {
  const plain = await sendOn(server, simple());
  const raw = await (await mailAnswer(plain, "user@gmail.com")).text();
  expect((await PostalMime.parse(raw)).text?.trim()).toBe("Hallo\nWelt");

  const off = { OpenTrackingEnabled: "DISABLED", ClickTrackingEnabled: "DISABLED" } as const;
  const id = await send({ ConfigurationOverrides: { Tracking: off } });
  const { links, pixels } = await received(id);
  expect(links).toEqual([
    "https://shop.example.com/ü?a=1&amp;b=2",
    "http://shop.example.com/zwei",
    "https://shop.example.com/drei",
  ]);
  expect(pixels).toEqual([]);
});

it("the configuration set says whether, and over which domain", async () => {
  const { client } = server;
  const ConfigurationSetName = "links";
  await client.send(
    new CreateConfigurationSetCommand({
      ConfigurationSetName,
      VdmOptions: { DashboardOptions: { EngagementMetrics: "DISABLED" } },
    }),
  );
  expect((await received(await send({ ConfigurationSetName }))).pixels).toEqual([]);
  const VdmOptions = { DashboardOptions: { EngagementMetrics: "ENABLED" as const } };
  await client.send(new PutConfigurationSetVdmOptionsCommand({ ConfigurationSetName, VdmOptions }));
  const bases = async (HttpsPolicy: "REQUIRE" | "REQUIRE_OPEN_ONLY" | "OPTIONAL" | undefined) => {
    const CustomRedirectDomain = "links.example.com";
    await client.send(
      new PutConfigurationSetTrackingOptionsCommand({ ConfigurationSetName, CustomRedirectDomain, HttpsPolicy }),
    );
    const { pixels, links } = await received(await send({ ConfigurationSetName }));
    return [...pixels, ...links.slice(0, 2)].map((url) => url.slice(0, url.lastIndexOf("/")));
  };
  const [http, https] = ["http://links.example.com", "https://links.example.com"];
  expect(await bases(undefined)).toEqual([`${http}/o`, `${https}/c`, `${http}/c`]);
  expect(await bases("OPTIONAL")).toEqual([`${http}/o`, `${https}/c`, `${http}/c`]);
  expect(await bases("REQUIRE_OPEN_ONLY")).toEqual([`${https}/o`, `${https}/c`, `${http}/c`]);
  expect(await bases("REQUIRE")).toEqual([`${https}/o`, `${https}/c`, `${https}/c`]);
});

describe("machines", () => {
  const isp = { ToAddresses: ["user@yahoo.com"] };
  let opened: string;
  let proxied: string;

  beforeAll(async () => {
    opened = await send({ Destination: isp });
    proxied = await send({ Destination: isp });
    for (const id of [opened, proxied]) {
      const { links, pixels } = await received(id, "user@yahoo.com");
      await visit(pixels[0], appleProxy);
      await visit(links[0], browser, { headers: { "user-agent": browser, "sec-purpose": "prefetch" } });
      await visit(links[0], browser, { method: "HEAD" });
      // Ten times is once.
      if (id === opened) for (let count = 0; count < 5; count++) await visit(pixels[0], browser);
    }
  });

  it("are kept apart in insights, or counted", async () => {
    const sent = [["SEND"], ["DELIVERY"]];
    expect(await typesOf(server, proxied)).toEqual([sent]);
    expect(await typesOf(server, opened)).toEqual([[...sent, ...Array(5).fill(["OPEN"])]]);
    expect(await typesOf(counting, proxied)).toEqual([[...sent, ["OPEN"], ["CLICK"]]]);
    expect(await typesOf(counting, opened)).toEqual([[...sent, ["OPEN"], ["CLICK"], ...Array(5).fill(["OPEN"])]]);
  });

  it("are left out of metrics, or counted; each message counts once", async () => {
    const today = new Date(new Date().toISOString().slice(0, 10));
    const count = async (on: InProcessServer) => {
      const metrics: Metric[] = ["DELIVERY", "DELIVERY_OPEN", "DELIVERY_CLICK", "OPEN", "CLICK"];
      const { Results = [] } = await on.client.send(
        new BatchGetMetricDataCommand({
          Queries: metrics.map((metric) => ({
            Id: metric,
            Namespace: "VDM",
            Metric: metric,
            Dimensions: { ISP: "Yahoo" },
            StartDate: new Date(today.getTime() - 24 * 3_600_000),
            EndDate: new Date(today.getTime() + 2 * 24 * 3_600_000),
          })),
        }),
      );
      return metrics.map((metric) => {
        const { Values = [] } = Results.find(({ Id }) => Id === metric) ?? {};
        return Values.reduce((sum, value) => sum + value, 0);
      });
    };
    expect(await count(server)).toEqual([2, 2, 2, 1, 0]);
    expect(await count(counting)).toEqual([2, 2, 2, 2, 2]);
  });

  it("are no last engagement in exports, nor in their filters", async () => {
    const rows = async (LastEngagementEvent?: ("OPEN" | "CLICK")[]) => {
      const { JobId = "" } = await server.client.send(
        new CreateExportJobCommand({
          ExportDataSource: {
            MessageInsightsDataSource: {
              StartDate: new Date(Date.now() - 3_600_000),
              EndDate: new Date(Date.now() + 3_600_000),
              Include: { Isp: ["Yahoo"], ...(LastEngagementEvent && { LastEngagementEvent }) },
            },
          },
          ExportDestination: { DataFormat: "JSON" },
        }),
      );
      const text = await downloadExport(await endOfExport(server.client, JobId));
      const found: { messageid: string; last_engagement_event?: string }[] = JSON.parse(text.replaceAll("\n,", ",\n"));
      return new Map(found.map((row) => [row.messageid, row.last_engagement_event]));
    };
    expect(await rows()).toEqual(
      new Map([
        [opened, "OPEN"],
        [proxied, undefined],
      ]),
    );
    expect([...(await rows(["OPEN", "CLICK"])).keys()]).toEqual([opened]);
  });

  it("who follows link after link at once is one", async () => {
    const links = Array.from({ length: 6 }, (_, n) => `<a href="https://shop.example.com/${n}">${n}</a>`).join("");
    const Content = { Simple: { Subject: { Data: "x" }, Body: { Html: { Data: links } } } };
    const id = await send({ Content });
    const { links: tracked } = await received(id);
    for (const link of tracked) expect((await visit(link, browser)).status).toBe(302);
    const clicks = async () => JSON.stringify(await typesOf(server, id)).split("CLICK").length - 1;
    expect(await clicks()).toBe(2);
    await delay(2100);
    await visit(tracked[5], browser);
    expect(await clicks()).toBe(3);
  });
});
