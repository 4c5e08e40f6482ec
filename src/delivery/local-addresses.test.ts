/** Mail that leaves from dedicated addresses: the receiving server sees the client's address and its name in EHLO. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { postfixMissing } from "../../test/support/missing-tools.ts";
import { startMxDelivery } from "../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { startPostfix } from "../../test/support/postfix.ts";
import { type ReceivingServer, startReceivingServer } from "../../test/support/receiving-server.ts";
import { createRelayTransport } from "./relay-transport.ts";
import type { Source } from "./sources/source.ts";
import type { Transport } from "./transport.ts";

let server: ReceivingServer;
/** The same port of ::1. */
let six: ReceivingServer;
let dns: DnsServer;
let transport: Transport;
const unavailable: string[] = [];
/** By address: taken minus given back. */
const counted = new Map<string, number>();

beforeEach(async () => {
  server = await startReceivingServer();
  six = await startReceivingServer("::1", server.port);
  dns = await startDnsServer({
    "example.com": { A: ["127.0.0.1"] },
    "six.example": { AAAA: ["::1"] },
    "both.example": { A: ["127.0.0.1"], AAAA: ["::1"] },
    "two.example": {
      MX: [
        { exchange: "six.example", preference: 10 },
        { exchange: "example.com", preference: 20 },
      ],
    },
  });
  transport = startMxDelivery(dns, { port: server.port, connectionsPerServer: 1 }).transport;
  unavailable.length = 0;
  counted.clear();
});
afterEach(async () => {
  await transport.close(0);
  await dns.close();
  await server[Symbol.asyncDispose]();
  await six[Symbol.asyncDispose]();
});

/** An address that may send `left` messages. */
function source(address: string, left = Number.POSITIVE_INFINITY): Source {
  const count = (change: number) => counted.set(address, (counted.get(address) ?? 0) + change);
  return {
    address,
    family: address.includes(":") ? 6 : 4,
    ehloName: `from-${address.replaceAll(/[.:]/g, "-")}.test`,
    take() {
      if ((counted.get(address) ?? 0) >= left) return undefined;
      count(1);
      return { giveBack: () => count(-1) };
    },
    unavailable: () => void unavailable.push(address),
  };
}

const mail = (sources: readonly Source[] | undefined, domain = "example.com") =>
  outgoingMail({ recipient: `to@${domain}`, domain, sources });
const deliver = (sources: readonly Source[] | undefined, domain?: string) =>
  outcomeOf(transport, mail(sources, domain));
const clients = ({ taken }: ReceivingServer = server) => taken.map(({ client }) => client);

describe("mail with dedicated addresses", () => {
  it("leaves from the first one under its name, and other mail from the server's own", async () => {
    expect(await deliver([source("127.0.0.2"), source("127.0.0.3")])).toMatchObject({
      delivered: true,
      ehloName: "from-127-0-0-2.test",
    });
    const own = await deliver(undefined);
    expect(own.ehloName).toBeUndefined();
    expect(clients()).toEqual([
      { address: "127.0.0.2", name: "from-127-0-0-2.test" },
      { address: "127.0.0.1", name: "me.test" },
    ]);
    expect([...counted]).toEqual([["127.0.0.2", 1]]);
  });

  it("shares connections with mail from the same address only", async () => {
    const orders = [["127.0.0.2"], ["127.0.0.3"], undefined, ["127.0.0.3"], ["127.0.0.2"], undefined, ["127.0.0.2"]];
    for (const order of orders) await deliver(order?.map((address) => source(address)));
    expect(clients().map(({ address }) => address)).toEqual(orders.map((order) => order?.[0] ?? "127.0.0.1"));
    expect(server.connections()).toBe(3);
  });

  it("leaves from an address of the family that the server has, and else from the server's own", async () => {
    const both = [source("127.0.0.2"), source("::1")];
    await deliver(both, "six.example");
    expect(clients(six)).toEqual([{ address: "::1", name: "from---1.test" }]);
    // A server with both families is reached from the first address.
    await deliver(both, "both.example");
    await deliver([source("::1")], "example.com");
    // Another server of the domain may have the family.
    await deliver([source("127.0.0.2")], "two.example");
    expect(clients()).toEqual([
      { address: "127.0.0.2", name: "from-127-0-0-2.test" },
      { address: "127.0.0.1", name: "me.test" },
      { address: "127.0.0.2", name: "from-127-0-0-2.test" },
    ]);
    expect(clients(six)).toHaveLength(1);
    expect(unavailable).toEqual([]);
    expect(counted.get("127.0.0.2")).toBe(2);
    expect(counted.get("::1")).toBe(1);
  });

  it("leaves from another address if one may send no more today, and then from the server's own", async () => {
    const sources = [source("127.0.0.2", 1), source("127.0.0.3", 2)];
    for (let count = 0; count < 5; count++) await deliver(sources);
    expect(clients().map(({ address }) => address)).toEqual([
      "127.0.0.2",
      "127.0.0.3",
      "127.0.0.3",
      "127.0.0.1",
      "127.0.0.1",
    ]);
  });

  it("leaves from another address if the machine lacks one", async () => {
    await deliver([source("203.0.113.1"), source("127.0.0.3")]);
    expect(clients()).toEqual([{ address: "127.0.0.3", name: "from-127-0-0-3.test" }]);
    expect(unavailable).toEqual(["203.0.113.1"]);
    expect(counted.get("203.0.113.1")).toBe(0);
  });

  it("waits if the machine has none of them, which says nothing of the destination", async () => {
    for (const domain of ["example.com", "two.example"]) {
      expect(await failureOf(transport, mail([source("203.0.113.1"), source("203.0.113.2")], domain))).toMatchObject({
        permanent: false,
        affectsDomain: false,
        status: "4.3.5",
      });
    }
    // Also where the other address has the other family.
    expect((await failureOf(transport, mail([source("203.0.113.1"), source("::1")]))).source).toBe("unavailable");
    expect(clients()).toEqual([]);
    // Not if mail is too much for the address that there is.
    await deliver([source("203.0.113.1"), source("127.0.0.2", 0)]);
    expect(clients().map(({ address }) => address)).toEqual(["127.0.0.1"]);
  });

  it("leaves from another address if the server turns one away, but not for a server that is overloaded", async () => {
    server.connect = (address) => (address === "127.0.0.2" ? "554 5.7.1 Your address is listed" : undefined);
    await deliver([source("127.0.0.2"), source("127.0.0.3")]);
    expect(clients().map(({ address }) => address)).toEqual(["127.0.0.3"]);
    expect(counted.get("127.0.0.2")).toBe(0);
    server.connect = () => "554 5.7.1 Your address is listed";
    // Not from the server's own address, which the account did not choose.
    const refused = await failureOf(transport, mail([source("127.0.0.2"), source("127.0.0.4")]));
    expect(refused).toMatchObject({ permanent: false, affectsDomain: true, status: "5.7.1" });
    expect(clients()).toHaveLength(1);
    server.connect = () => "421 4.3.2 Too many connections";
    await failureOf(transport, mail([source("127.0.0.5"), source("127.0.0.6")]));
    expect([counted.get("127.0.0.5"), counted.get("127.0.0.6")]).toEqual([0, undefined]);
  });

  it("counts what a server refused once it knew the sender", async () => {
    server.rcpt = () => "550 5.1.1 No such user";
    expect((await deliver([source("127.0.0.2")])).delivered).toBe(false);
    expect(counted.get("127.0.0.2")).toBe(1);
  });

  it("reaches a relay from them, too", async () => {
    const options = { hostname: "me.test", connections: 5, connectionsPerServer: 5 };
    const relay = createRelayTransport({ ...options, url: `smtp://127.0.0.1:${server.port}` });
    for (const sources of [[source("127.0.0.2")], undefined, [source("::1")], [source("127.0.0.2")]]) {
      await outcomeOf(relay, mail(sources));
    }
    await relay.close(0);
    expect(clients().map(({ address }) => address)).toEqual(["127.0.0.2", "127.0.0.1", "127.0.0.1", "127.0.0.2"]);
    expect(server.connections()).toBe(2);
  });

  it.skipIf(postfixMissing())("is what Postfix writes into the message", async () => {
    await using postfix = await startPostfix({ domains: ["example.com"], tls: true });
    const { transport: toPostfix } = startMxDelivery(dns, { port: postfix.port });
    await outcomeOf(toPostfix, mail([source("127.0.0.6")]));
    await toPostfix.close(0);
    await expect.poll(async () => (await postfix.mail()).length).toBe(1);
    const [arrived] = await postfix.mail();
    expect(arrived?.text).toMatch(/^Received: from from-127-0-0-6\.test \(\S+ \[127\.0\.0\.6\]\)/m);
  });
});
