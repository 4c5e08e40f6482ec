import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../test/support/dns-server.ts";
import { type MxDelivery, startMxDelivery } from "../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../test/support/outgoing-mail.ts";
import { type ReceivingServer, startReceivingServer } from "../../test/support/receiving-server.ts";
import { greet, startScriptedServer, takeMail } from "../../test/support/scripted-server.ts";

// Servers of one port, as mail servers are, on addresses of their own.
let first: ReceivingServer;
let second: ReceivingServer;
let dns: DnsServer;
const made: MxDelivery[] = [];

beforeEach(async () => {
  first = await startReceivingServer("127.0.0.2");
  second = await startReceivingServer("127.0.0.3", first.port);
  dns = await startDnsServer({
    "example.com": {
      MX: [
        { exchange: "mx1.example.com", preference: 10 },
        { exchange: "mx2.example.com", preference: 20 },
      ],
    },
    "mx1.example.com": { A: ["127.0.0.2"] },
    "mx2.example.com": { A: ["127.0.0.3"] },
    "other.test": { MX: [{ exchange: "mx1.example.com", preference: 10 }] },
    "plain.test": { A: ["127.0.0.2"] },
  });
});

afterEach(async () => {
  for (const delivery of made.splice(0)) await delivery.transport.close(0);
  await dns.close();
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

function deliver(options: Parameters<typeof startMxDelivery>[1] = {}): MxDelivery {
  const delivery = startMxDelivery(dns, { port: first.port, ...options });
  made.push(delivery);
  return delivery;
}

/** Mail for the domain of that name. */
const mailFor = (domain: string) => outgoingMail({ recipient: `to@${domain}`, domain });

describe("delivery to mail servers", () => {
  it("goes to the one that is preferred", async () => {
    const { transport } = deliver();
    expect(await outcomeOf(transport, outgoingMail())).toMatchObject({
      delivered: true,
      host: { name: "mx1.example.com", address: "127.0.0.2" },
    });
    expect(first.taken.map(({ to }) => to)).toEqual([["to@example.com"]]);
    expect(second.taken).toEqual([]);
  });

  it("goes to the domain itself, and to addresses", async () => {
    const { transport } = deliver();
    for (const domain of ["plain.test", "[127.0.0.2]"]) {
      expect((await outcomeOf(transport, mailFor(domain))).delivered, domain).toBe(true);
    }
    expect(first.taken).toHaveLength(2);
  });

  it("goes to the next server where one can't be connected to, has no address or does not greet", async () => {
    const { transport } = deliver();
    dns.zone.set("mx1.example.com", { A: ["127.0.0.9"], ttl: 0 });
    expect((await outcomeOf(transport, outgoingMail())).delivered).toBe(true);
    dns.zone.set("a.test", { MX: [...mx("gone.test", 1), ...mx("broken.test", 2), ...mx("mx2.example.com", 3)] });
    dns.zone.set("broken.test", { failure: "SERVFAIL" });
    expect((await outcomeOf(transport, mailFor("a.test"))).delivered).toBe(true);
    for (const greeting of ["421 4.3.2 Later\r\n", "554 5.7.1 Not you\r\n", ""]) {
      await using unwilling = await startScriptedServer(async (peer) => peer.end(greeting), {
        host: "127.0.0.4",
        port: first.port,
      });
      dns.zone.set("b.test", { MX: [...mx("unwilling.test", 1), ...mx("mx2.example.com", 3)] });
      dns.zone.set("unwilling.test", { A: ["127.0.0.4"] });
      expect((await outcomeOf(transport, mailFor("b.test"))).delivered, greeting).toBe(true);
      expect(unwilling.connections).toBe(1);
    }
    expect(second.taken).toHaveLength(5);
  });

  it("tries each address of a server, IPv6 too", async () => {
    const { transport } = deliver();
    dns.zone.set("mx1.example.com", { AAAA: ["::1"], A: ["127.0.0.8", "127.0.0.9", "127.0.0.2"] });
    expect(await outcomeOf(transport, outgoingMail())).toMatchObject({ host: { address: "127.0.0.2" } });
    await using six = await startReceivingServer("::1", first.port);
    dns.zone.set("six.test", { AAAA: ["::1"], A: ["127.0.0.9"] });
    expect(await outcomeOf(transport, mailFor("six.test"))).toMatchObject({ host: { address: "::1" } });
    expect(six.taken).toHaveLength(1);
    await transport.close(0);
  });

  it("does not ask the next server about a recipient who was refused", async () => {
    first.rcpt = () => "450 4.2.1 Not now";
    const { transport } = deliver();
    expect(await failureOf(transport, outgoingMail())).toMatchObject({
      stage: "rcpt",
      permanent: false,
      status: "4.2.1",
      reply: { code: 450, status: "4.2.1", text: "Not now" },
      host: { name: "mx1.example.com", address: "127.0.0.2" },
      affectsDomain: false,
    });
    expect(second.taken).toEqual([]);
  });

  it("fails for now where no server can be used, for good where there is none", async () => {
    const { transport } = deliver();
    dns.zone.set("down.test", { MX: [...mx("gone.test", 1), ...mx("mx1.down.test", 2)] });
    dns.zone.set("mx1.down.test", { A: ["127.0.0.9"] });
    expect(await failureOf(transport, mailFor("down.test"))).toMatchObject({
      stage: "connect",
      permanent: false,
      status: "4.4.1",
      host: { name: "mx1.down.test", address: "127.0.0.9" },
      affectsDomain: true,
    });
    dns.zone.set("homeless.test", { MX: mx("gone.test", 1) });
    expect(await failureOf(transport, mailFor("homeless.test"))).toMatchObject({
      stage: "route",
      permanent: true,
      status: "5.4.4",
      affectsDomain: true,
    });
    expect(await failureOf(transport, mailFor("nowhere.test"))).toMatchObject({ permanent: true, status: "5.1.2" });
  });

  it("goes to no private address unless it may", async () => {
    const { transport } = deliver({ privateDestinations: "refuse" });
    for (const domain of ["example.com", "plain.test", "[127.0.0.2]", "localhost"]) {
      const failure = await failureOf(transport, mailFor(domain));
      expect(failure, domain).toMatchObject({ stage: "route", permanent: true, status: "5.7.1" });
      expect(failure.message).toContain("MAILGLASS_PRIVATE_DESTINATIONS");
    }
    expect(first.taken).toEqual([]);
  });

  it("reuses a connection for domains that have the server in common", async () => {
    await using shared = await startScriptedServer((peer) => greet(peer).then(() => takeMail(peer)), {
      host: "127.0.0.4",
      port: first.port,
    });
    dns.zone.set("mx1.example.com", { A: ["127.0.0.4"] });
    const { transport } = deliver({ connectionsPerServer: 1 });
    const mails = ["example.com", "other.test", "example.com", "other.test"].map(mailFor);
    const outcomes = await Promise.all(mails.map((mail) => outcomeOf(transport, mail)));
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([true, true, true, true]);
    expect(shared.connections).toBe(1);
  });
});

function mx(exchange: string, preference: number) {
  return [{ exchange, preference }];
}
