/** Control totals over HTTP. A second Mailglass plays the real account, and its BatchGetMetricData plays VDM. */
import { PutAccountVdmAttributesCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChangedMirrorSource, MirrorSource } from "../src/admin-api/mirror.ts";
import type { MirrorTotals } from "../src/admin-api/mirror-totals.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { awsEnvironment } from "./support/aws-environment.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let real: InProcessServer;
let mirror: InProcessServer;
let receiver: WebhookReceiver;
let restoreVariables: () => void;
beforeAll(async () => {
  real = await startInProcess({ environment: { MAILGLASS_INSIGHTS_SCOPE: "ses" } });
  restoreVariables = setSdkVariables(awsEnvironment(real.url));
  mirror = await startInProcess({ environment: { MAILGLASS_ACCOUNT_ID: "999999999999" } });
  receiver = await startWebhookReceiver();
  await callAdmin(real.app, "POST", "/admin/webhooks", { name: "all", url: receiver.url });
});
afterAll(async () => {
  await mirror?.close();
  await real?.close();
  await receiver?.close();
  restoreVariables?.();
});

it("show how much of the real account's mail has arrived", async () => {
  await real.client.send(new PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled: "ENABLED" } }));
  const input = { name: "real", kind: "eventbridge", accounts: ["000000000000"], region: "us-east-1" };
  const { id, secret = "" } = await callAdmin<ChangedMirrorSource>(mirror.app, "POST", "/admin/mirror", input);
  for (const name of ["one", "two", "three"]) {
    await send(real, simple({ Destination: { ToAddresses: [`${name}@example.net`] } }));
  }
  await allPublished(real);
  const posted = receiver.received.map(({ body }) => `${body}`);
  // One Send is lost in transit.
  const lost = posted.findIndex((body) => JSON.parse(body).eventType === "Send");
  for (const [index, payload] of posted.entries()) {
    if (index === lost) continue;
    const headers = { "x-mailglass-key": secret, "content-type": "application/json" };
    const answer = await mirror.app.inject({ method: "POST", url: `/mirror/${id}`, headers, payload });
    expect(answer.statusCode).toBe(200);
  }
  await eventually(async () => {
    const { checklist } = await callAdmin<MirrorSource>(mirror.app, "GET", `/admin/mirror/${id}`);
    expect(checklist.types.map(({ type }) => type)).toEqual(expect.arrayContaining(["SEND", "DELIVERY"]));
  });
  const to = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 + 86_400_000).toISOString().slice(0, 10);
  const totals = await callAdmin<MirrorTotals>(mirror.app, "GET", `/admin/mirror/${id}/totals?by=vdm&to=${to}`);
  expect(totals).toMatchObject({ by: "vdm", to, scopes: [{ account: "000000000000", region: "us-east-1" }] });
  const [{ sums = [], days = [] } = {}] = totals.scopes;
  expect(sums.filter(({ counted }) => counted > 0)).toEqual([
    { type: "SEND", counted: 3, arrived: 2, missing: 1, percent: 33.33 },
    { type: "DELIVERY", counted: 3, arrived: 3, missing: 0, percent: 0 },
  ]);
  expect(days).toHaveLength(7);
  expect(days.map(({ complete }) => complete)).toEqual([...Array(6).fill(true), false]);

  const path = `/admin/mirror/${id}/totals`;
  for (const [query, text] of [
    ["from=2026-11-02&to=2026-11-02", "from must be before to"],
    ["from=2026-06-01&to=2026-11-02", "90 days"],
    ["from=2026-02-30", "must be a day"],
    ["to=2099-01-01", "tomorrow"],
    ["by=guess", "by"],
    ["account=999999999999", "is not one of the source's"],
  ] as const) {
    expect(await adminRefusal(mirror.app, "GET", `${path}?${query}`)).toEqual([400, expect.stringContaining(text)]);
  }
  expect(await adminRefusal(mirror.app, "GET", "/admin/mirror/none/totals")).toEqual([404, expect.any(String)]);
  expect(mirror.logged).toEqual([]);
});
