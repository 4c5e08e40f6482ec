import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { impatientResolver } from "../../test/support/identity-facts.ts";
import { createListCheck } from "./list-check.ts";
import { lookUp, queryName } from "./look-up.ts";

const list = "bl.test";
let server: DnsServer;

beforeAll(async () => {
  server = await startDnsServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.zone.clear();
  server.questions.length = 0;
});

const ask = (address: string) => lookUp(impatientResolver(server), list, address);
const put = (address: string, ...A: string[]) => server.zone.set(queryName(list, address), { A });

it("reverses octets and nibbles (RFC 5782, 2.1 and 2.4)", () => {
  expect(queryName(list, "192.0.2.99")).toBe("99.2.0.192.bl.test");
  expect(queryName(list, "2001:db8:1:2:3:4:567:89ab")).toBe(
    "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bl.test",
  );
});

it.each(["192.0.2.1", "2001:db8::1"])("%s is listed with the list's text on one line", async (address) => {
  expect(await ask(address)).toEqual({ kind: "not-listed" });
  expect(server.questions).toEqual([`udp A ${queryName(list, address)}`]);
  put(address, "127.0.0.4", "127.0.0.2");
  expect(await ask(address)).toEqual({ kind: "listed", description: "" });
  const TXT = [
    ["see https://bl.test/", "\r\n\u0000192.0.2.1"],
    ["x".repeat(250), "y".repeat(250)],
  ];
  server.zone.set(queryName(list, address), { A: ["127.0.0.2"], TXT });
  const answer = await ask(address);
  expect(answer).toEqual({ kind: "listed", description: expect.stringMatching(/^see https:\/\/bl\.test\/ 192/) });
  expect(answer.kind === "listed" && answer.description.length).toBeLessThanOrEqual(400);
});

it.each([
  ["a refused resolver", ["127.255.255.254"]],
  ["a typing error of the query", ["127.255.255.252"]],
  ["an exceeded limit beside a listing", ["127.0.0.2", "127.255.255.255"]],
  ["a parked domain", ["203.0.113.9"]],
])("%s is no listing", async (_, A) => {
  put("192.0.2.1", ...A);
  expect(await ask("192.0.2.1")).toEqual({ kind: "unknown", reason: expect.stringContaining(A.at(-1) ?? "") });
});

it.each(["SERVFAIL", "REFUSED", "silence"] as const)("%s is neither a listing nor none", async (failure) => {
  server.zone.set(queryName(list, "192.0.2.1"), { failure });
  expect((await ask("192.0.2.1")).kind).toBe("unknown");
});

it("a listing stays one without its text", async () => {
  const { zone } = server;
  const txtFails = { ...impatientResolver(server), txt: impatientResolver({ ...server, address: "127.0.0.1:1" }).txt };
  zone.set(queryName(list, "192.0.2.1"), { A: ["127.0.0.2"] });
  expect(await lookUp(txtFails, list, "192.0.2.1")).toEqual({ kind: "listed", description: "" });
});

it("what is known of a list is kept for ten minutes, and what is unknown is not", async () => {
  let now = 0;
  const check = createListCheck(impatientResolver(server), () => new Date(now));
  expect((await check(list, "192.0.2.1")).kind).toBe("unknown");
  put("127.0.0.2", "127.0.0.2");
  expect((await check(list, "192.0.2.1")).kind).toBe("sound");
  server.zone.clear();
  now = 599_999;
  expect((await check(list, "192.0.2.1")).kind).toBe("sound");
  now = 600_000;
  expect((await check(list, "192.0.2.1")).kind).toBe("unknown");
});

it("a list is sound if it has its test entry and not everything", async () => {
  const check = (address = "192.0.2.1") => createListCheck(impatientResolver(server), () => new Date())(list, address);
  expect(await check()).toEqual({ kind: "unknown", reason: expect.stringContaining("127.0.0.2") });
  put("127.0.0.2", "127.0.0.2");
  expect(await check()).toEqual({ kind: "sound" });
  expect(await check("2001:db8::1")).toEqual({ kind: "not-covered" });
  put("::ffff:7f00:2", "127.0.0.2");
  expect(await check("2001:db8::1")).toEqual({ kind: "sound" });
  put("::ffff:7f00:1", "127.0.0.2");
  expect(await check("2001:db8::1")).toEqual({ kind: "unknown", reason: "it lists everything" });
  put("127.0.0.1", "127.0.0.2");
  expect(await check()).toEqual({ kind: "unknown", reason: "it lists everything" });
  server.zone.set(queryName(list, "127.0.0.2"), { failure: "SERVFAIL" });
  expect((await check()).kind).toBe("unknown");
});
