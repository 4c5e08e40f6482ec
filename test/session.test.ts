/** Signing in to the dashboard, and what a browser's session may do where calls must be signed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CreatedKey } from "../src/access/access-keys.ts";
import { type BrowserAnswer, browserCall } from "./support/browser-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { askForKeys, createKey } from "./support/keys-of.ts";

let server: InProcessServer;
let key: CreatedKey;
/** How far the server's clock is ahead, in milliseconds. */
let ahead = 0;
const clock = () => new Date(Date.now() + ahead);
const hour = 3600_000;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_AUTH: "required" }, clock });
  key = await createKey(server, clock(), { description: "browser" });
});
afterAll(() => server.close());
beforeEach(() => {
  ahead = 0;
});

const call = (...[method, path, options]: [string, string, Parameters<typeof browserCall>[3]?]) =>
  browserCall(server.url, method, path, options);
const signIn = (credentials: object, headers: Record<string, string> = {}) =>
  call("POST", "/session", { json: credentials, headers });
const account = "/v2/email/account";
const suppress = { path: "/v2/email/suppression/addresses", json: { EmailAddress: "a@example.com", Reason: "BOUNCE" } };
const refusal = ({ status, headers, json }: BrowserAnswer) => {
  const { message } = Object(json());
  return [status, headers["x-amzn-errortype"], message];
};
const ended = [403, "ExpiredTokenException", "The session has ended: sign in again."];

/** Signs in; what a page then has. */
async function signedIn(credentials: CreatedKey = key): Promise<{ cookie: string; csrf: string }> {
  const answer = await signIn(credentials);
  expect(answer.status).toBe(200);
  const { csrf, signedInAs } = Object(answer.json());
  expect(signedInAs).toBe(credentials.accessKeyId);
  expect(csrf).toMatch(/^[\w-]{43}$/);
  return { cookie: answer.cookie, csrf };
}

describe("signing in", () => {
  it("sets a cookie that scripts can't read, other sites can't use, and that ends", async () => {
    const answer = await signIn(key);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^mailglass_session=[\w-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/),
    ]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.cookie).not.toContain(key.accessKeyId);
  });

  it("sets one for HTTPS only where the browser came by HTTPS", async () => {
    const { host } = new URL(server.url);
    const answer = await signIn(key, { origin: `https://${host}`, "sec-fetch-site": "same-origin" });
    expect(answer.headers["set-cookie"]).toEqual([expect.stringMatching(/; Secure$/)]);
  });

  it("tells a wrong secret, an unknown id and no key apart from nothing", async () => {
    const no = [403, "UnrecognizedClientException", "There is no active access key with this ID and this secret."];
    for (const wrong of [
      { ...key, secretAccessKey: `${key.secretAccessKey}x` },
      { ...key, secretAccessKey: "" },
      { ...key, accessKeyId: "AKIANOBODY0000000000" },
      { ...key, accessKeyId: "MAILGLASSCOMMANDS" },
    ]) {
      const answer = await signIn(wrong);
      expect(refusal(answer)).toEqual(no);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });

  it.each([["[]"], ["{}"], ['{"accessKeyId":1,"secretAccessKey":"x"}'], ['"x"']])("refuses %s", async (body) => {
    const answer = await signIn(JSON.parse(body));
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      message: "signing in takes a JSON object of two texts: accessKeyId, secretAccessKey",
    });
  });

  it("refuses a body that is larger than any key, or no JSON", async () => {
    expect((await signIn({ ...key, secretAccessKey: "x".repeat(5000) })).status).toBe(413);
    const answer = await call("POST", "/session", { headers: { "content-type": "text/plain" }, json: key });
    expect(answer.status).toBe(400);
  });

  it("refuses temporary keys, whose token it does not ask for", async () => {
    const temporary = await createKey(server, clock(), { description: "for an hour", seconds: 3600 });
    const answer = await signIn(temporary);
    expect(refusal(answer)).toEqual([403, "AccessDeniedException", expect.stringMatching(/^A temporary access key/)]);
  });
});

describe("a session", () => {
  it("reads and, with its token, changes", async () => {
    const { cookie, csrf } = await signedIn();
    expect((await call("GET", account, { headers: { cookie } })).status).toBe(200);
    expect((await call("GET", "/admin/queue", { headers: { cookie } })).status).toBe(200);
    const headers = { cookie, "x-csrf-token": csrf, "sec-fetch-site": "same-origin" };
    expect((await call("PUT", suppress.path, { json: suppress.json, headers })).status).toBe(200);
    const state = await call("GET", "/session", { headers: { cookie: `other=1; ${cookie}` } });
    expect(state.json()).toEqual({ required: true, signedInAs: key.accessKeyId, csrf });
  });

  it("changes nothing without its token, or with another session's", async () => {
    const { cookie } = await signedIn();
    const other = await signedIn();
    const address = { EmailAddress: "untouched@example.com", Reason: "BOUNCE" };
    for (const token of [undefined, "", other.csrf]) {
      const headers = { cookie, ...(token === undefined ? {} : { "x-csrf-token": token }) };
      const answer = await call("PUT", suppress.path, { json: address, headers });
      expect(refusal(answer)).toEqual([403, "AccessDeniedException", expect.stringMatching(/^The x-csrf-token/)]);
    }
    const found = await call("GET", `${suppress.path}/untouched@example.com`, { headers: { cookie } });
    expect(found.status).toBe(404);
  });

  it.each([
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ origin: "https://elsewhere.example" }],
    [{ origin: "null" }],
  ])("changes nothing for a page of another site, token or not: %j", async (sign) => {
    const { cookie, csrf } = await signedIn();
    const headers = { cookie, "x-csrf-token": csrf, ...sign };
    const answer = await call("PUT", suppress.path, { json: suppress.json, headers });
    expect(refusal(answer)).toEqual([403, "AccessDeniedException", expect.stringMatching(/^A web page of another/)]);
    const signing = await signIn(key, sign);
    expect(signing.status).toBe(403);
    expect(signing.headers["set-cookie"]).toBeUndefined();
  });

  it("is over after twelve hours", async () => {
    const { cookie } = await signedIn();
    ahead = 12 * hour - 60_000;
    expect((await call("GET", account, { headers: { cookie } })).status).toBe(200);
    ahead = 12 * hour + 1000;
    expect(refusal(await call("GET", account, { headers: { cookie } }))).toEqual(ended);
    expect((await call("GET", "/session", { headers: { cookie } })).json()).toEqual({ required: true });
  });

  it("is over when its key is deactivated or deleted", async () => {
    const mine = await createKey(server, clock(), { description: "to be deleted" });
    const { cookie } = await signedIn(mine);
    expect(
      (await askForKeys(server, clock(), { method: "POST", path: `/${mine.accessKeyId}/deactivate` })).status,
    ).toBe(204);
    expect(refusal(await call("GET", account, { headers: { cookie } }))).toEqual(ended);
    expect((await askForKeys(server, clock(), { method: "POST", path: `/${mine.accessKeyId}/activate` })).status).toBe(
      204,
    );
    expect((await call("GET", account, { headers: { cookie } })).status).toBe(200);
    expect((await askForKeys(server, clock(), { method: "DELETE", path: `/${mine.accessKeyId}` })).status).toBe(204);
    expect(refusal(await call("GET", account, { headers: { cookie } }))).toEqual(ended);
  });

  it("is not made up: any change of its token ends it", async () => {
    const { cookie } = await signedIn();
    const cut = cookie.slice(0, -1);
    const swapped = cookie.replace(/.{4}$/, (end) => [...end].toReversed().join(""));
    for (const forged of [cut, swapped, "mailglass_session=x", `mailglass_session=${"A".repeat(5000)}`]) {
      if (forged === cookie) continue;
      expect(refusal(await call("GET", account, { headers: { cookie: forged } }))).toEqual(ended);
    }
    expect((await call("GET", account, { headers: { cookie: "mailglass_session=" } })).status).toBe(403);
  });

  it("does not open the management of keys", async () => {
    const { cookie, csrf } = await signedIn();
    const headers = { cookie, "x-csrf-token": csrf };
    expect((await call("GET", "/admin/access-keys", { headers })).status).toBe(403);
    const made = await call("POST", "/admin/access-keys", { headers, json: { description: "mine" } });
    expect(refusal(made)[1]).toBe("MissingAuthenticationTokenException");
  });

  it("is not used where a signature is given: a wrong one is refused", async () => {
    const { cookie } = await signedIn();
    const answer = await call("GET", account, { headers: { cookie, authorization: "AWS4-HMAC-SHA256 nonsense" } });
    expect(refusal(answer)[1]).toBe("IncompleteSignatureException");
  });

  it("ends by signing out, which takes its token", async () => {
    const { cookie, csrf } = await signedIn();
    const without = await call("DELETE", "/session", { headers: { cookie } });
    expect(without.status).toBe(403);
    expect(without.headers["set-cookie"]).toBeUndefined();
    const answer = await call("DELETE", "/session", { headers: { cookie, "x-csrf-token": csrf } });
    expect(answer.status).toBe(204);
    expect(answer.headers["set-cookie"]).toEqual(["mailglass_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"]);
  });

  it("that was signed out is over for whoever kept its cookie, here and on other servers; others of its key go on", async () => {
    const other = await startInProcess({
      environment: { MAILGLASS_AUTH: "required" },
      database: server.database,
      clock,
    });
    try {
      const { cookie, csrf } = await signedIn();
      const another = await signedIn();
      const asked = (url: string, headers: Record<string, string>) => browserCall(url, "GET", account, { headers });
      expect((await asked(other.url, { cookie })).status).toBe(200);
      await call("DELETE", "/session", { headers: { cookie, "x-csrf-token": csrf } });
      expect(refusal(await asked(server.url, { cookie }))).toEqual(ended);
      expect((await call("GET", "/session", { headers: { cookie } })).json()).toEqual({ required: true });
      ahead = 1_001;
      expect(refusal(await asked(other.url, { cookie }))).toEqual(ended);
      expect((await asked(server.url, { cookie: another.cookie })).status).toBe(200);
      // Once more changes nothing.
      expect((await call("DELETE", "/session", { headers: { cookie, "x-csrf-token": csrf } })).status).toBe(204);
    } finally {
      await other.close();
    }
  });
});

it("no secret, token or cookie is logged", async () => {
  const { cookie, csrf } = await signedIn();
  await signIn({ ...key, secretAccessKey: "a wrong secret" });
  const log = server.logged.join("");
  for (const secret of [key.secretAccessKey, "a wrong secret", cookie, csrf]) expect(log).not.toContain(secret);
});

// Last: what it counts is not forgotten at once.
it("who fails again and again is told to slow down; who signs in rightly never is", async () => {
  const statuses = new Set<number>();
  for (let attempt = 0; attempt < 62; attempt++) {
    statuses.add((await signIn({ ...key, secretAccessKey: `guess ${attempt}` })).status);
  }
  expect(statuses).toEqual(new Set([403, 429]));
  await signedIn();
});
