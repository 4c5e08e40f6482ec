/** A server that lets everybody in: a page of another site, in the browser of a developer, still must not call it. */
import { GetAccountCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserCall } from "./support/browser-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

const environment = {
  MAILGLASS_PUBLIC_URL: "https://mail.example.com",
  MAILGLASS_AUTH: "off",
  MAILGLASS_RATE_LIMITS: "off",
};
let server: InProcessServer;
beforeAll(async () => {
  server = await startInProcess({ environment });
});
afterAll(() => server.close());

const path = "/v2/email/suppression/addresses";
const json = { EmailAddress: "somebody@example.com", Reason: "BOUNCE" };
const put = (headers: Record<string, string>) => browserCall(server.url, "PUT", path, { json, headers });
const ofAnotherSite = "A web page of another site can't call this server through a browser.";
const host = () => new URL(server.url).host;

describe("what changes something", () => {
  it.each([
    [{ "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" }],
    [{ "sec-fetch-site": "same-site", origin: "http://localhost:3000" }],
    [{ origin: "http://127.0.0.1:3000" }],
    [{ origin: "null" }],
    [{ origin: "not a URL" }],
  ])("is refused to a page of another site: %j", async (headers) => {
    for (const [method, url] of [
      ["PUT", path],
      ["POST", "/v2/email/outbound-emails"],
      ["POST", "/admin/simulations"],
      ["DELETE", `${path}/somebody@example.com`],
      ["POST", "/session"],
    ] as const) {
      const answer = await browserCall(server.url, method, url, { json, headers });
      expect([answer.status, Object(answer.json()).message]).toEqual([403, ofAnotherSite]);
    }
  });

  it("is done for the dashboard's own pages, here and behind the public URL", async () => {
    const own: Record<string, string>[] = [
      { "sec-fetch-site": "same-origin", origin: server.url },
      { origin: server.url },
      { origin: `https://${host()}` },
      { origin: "https://mail.example.com", host: "mail.example.com" },
      { origin: "https://mail.example.com" },
    ];
    for (const headers of own) expect((await put(headers)).status).toBe(200);
  });

  it("is done for what is no browser", async () => {
    expect((await put({})).status).toBe(200);
    expect((await put({ "sec-fetch-mode": "cors", "accept-language": "*", "user-agent": "node" })).status).toBe(200);
    expect((await server.client.send(new GetAccountCommand({}))).SendingEnabled).toBe(true);
  });
});

describe("a name of this server that somebody else may own", () => {
  it.each(["rebound.example", "rebound.example:8025", "127.0.0.1.rebound.example", "localhost.rebound.example."])(
    "%s is refused, even for reading",
    async (name) => {
      for (const [method, url] of [
        ["GET", "/v2/email/account"],
        ["GET", "/admin/queue"],
        ["GET", "/session"],
        ["PUT", path],
      ] as const) {
        const answer = await browserCall(server.url, method, url, { headers: { host: name } });
        expect([answer.status, Object(answer.json()).message]).toEqual([
          403,
          expect.stringMatching(/^Authentication is off, and the request's host name may belong to somebody else/),
        ]);
      }
    },
  );

  it.each([
    "localhost:8025",
    "LOCALHOST",
    "127.0.0.1",
    "[::1]:8025",
    "ses.localhost",
    "mailglass",
    "docker.internal:1",
    "mail.example.com",
  ])("%s is none", async (name) => {
    const answer = await browserCall(server.url, "GET", "/v2/email/account", { headers: { host: name } });
    expect(answer.status).toBe(200);
  });
});

it("is refused wherever nobody has to sign in, in a container, too", async () => {
  const open = await startInProcess({ environment: { ...environment, MAILGLASS_HOST: "0.0.0.0" } });
  const url = `http://127.0.0.1:${new URL(open.url).port}`;
  const account = async (host: string) =>
    (await browserCall(url, "GET", "/v2/email/account", { headers: { host } })).status;
  try {
    for (const host of ["rebound.example", "127.0.0.1.rebound.example:8025"]) expect(await account(host)).toBe(403);
    for (const host of ["localhost:8025", "127.0.0.1", "172.17.0.2:8025", "[::1]", "mailglass", "mail.example.com"]) {
      expect(await account(host)).toBe(200);
    }
  } finally {
    await open.close();
  }
});

it("nobody signs in where nobody has to", async () => {
  expect((await browserCall(server.url, "GET", "/session")).json()).toEqual({ required: false });
  const answer = await browserCall(server.url, "POST", "/session", {
    json: { accessKeyId: "a", secretAccessKey: "b" },
  });
  expect([answer.json(), answer.headers["set-cookie"]]).toEqual([{ required: false }, undefined]);
  expect((await browserCall(server.url, "DELETE", "/session")).status).toBe(204);
});
