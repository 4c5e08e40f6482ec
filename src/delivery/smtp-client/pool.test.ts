import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../../test/support/dns-server.ts";
import { startMxDelivery } from "../../../test/support/mx-delivery.ts";
import { failureOf, outcomeOf, outgoingMail } from "../../../test/support/outgoing-mail.ts";
import {
  greet,
  type Peer,
  type ScriptedServer,
  startScriptedServer,
  takeMail,
} from "../../../test/support/scripted-server.ts";
import type { Outcome, Transport } from "../transport.ts";

const welcome = (peer: Peer) => greet(peer, "PIPELINING").then(() => takeMail(peer));

let dns: DnsServer;
let one: ScriptedServer;
let other: ScriptedServer;
let script: (peer: Peer) => Promise<unknown>;
/** Connections that are open at the server `one`. */
let open: Set<Peer>;
let most: number;
const transports: Transport[] = [];

beforeEach(async () => {
  script = welcome;
  open = new Set();
  most = 0;
  one = await startScriptedServer(
    async (peer) => {
      open.add(peer);
      most = Math.max(most, open.size);
      once(peer.socket, "close").then(() => open.delete(peer));
      await script(peer);
    },
    { host: "127.0.0.2" },
  );
  other = await startScriptedServer(welcome, { host: "127.0.0.3", port: one.port });
  dns = await startDnsServer({ "one.test": { A: ["127.0.0.2"] }, "other.test": { A: ["127.0.0.3"] } });
});

afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close(0);
  await dns.close();
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

function deliver(options: Parameters<typeof startMxDelivery>[1] = {}): Transport {
  const { transport } = startMxDelivery(dns, { port: one.port, connections: 10, ...options });
  transports.push(transport);
  return transport;
}

const to = (domain: string) => outgoingMail({ recipient: `to@${domain}`, domain });

/** Delivers with an outcome that is settled when the test says so. */
function held(transport: Transport, domain: string) {
  const { promise: outcome, resolve: reached } = Promise.withResolvers<Outcome>();
  const { promise: gate, resolve: settle, reject: fail } = Promise.withResolvers<void>();
  const done = transport.deliver(to(domain), (outcome) => {
    reached(outcome);
    return gate;
  });
  return { outcome, settle, fail, done };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the pool", () => {
  it("keeps to its bounds, and loses nothing", async () => {
    const transport = deliver({ connections: 4, connectionsPerServer: 3 });
    const domains = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? "other.test" : "one.test"));
    const outcomes = await Promise.all(domains.map((domain) => outcomeOf(transport, to(domain))));
    expect(outcomes.every(({ delivered }) => delivered)).toBe(true);
    expect(most).toBeLessThanOrEqual(3);
    const mails = [...one.lines, ...other.lines].filter((line) => line.startsWith("RCPT"));
    expect(mails).toHaveLength(100);
  });

  it("gives a connection to the next message only once the last is settled", async () => {
    const transport = deliver({ connectionsPerServer: 1 });
    const first = held(transport, "one.test");
    expect((await first.outcome).delivered).toBe(true);
    const second = outcomeOf(transport, to("one.test"));
    await pause(50);
    expect(one.lines.filter((line) => line === "DATA")).toHaveLength(1);
    first.settle();
    expect((await second).delivered).toBe(true);
    expect(one.connections).toBe(1);
  });

  it("ends a connection whose message could not be settled, and tells", async () => {
    const transport = deliver({ connectionsPerServer: 1 });
    const first = held(transport, "one.test");
    await first.outcome;
    first.fail(new Error("the store is gone"));
    await expect(first.done).rejects.toThrow("the store is gone");
    expect((await outcomeOf(transport, to("one.test"))).delivered).toBe(true);
    expect(one.connections).toBe(2);
  });

  it("serves who waits in order, those of other servers between", async () => {
    const transport = deliver({ connections: 1, connectionsPerServer: 1 });
    // So that nobody comes late for his answers from DNS.
    for (const domain of ["one.test", "other.test"]) await outcomeOf(transport, to(domain));
    const served: string[] = [];
    const first = held(transport, "one.test");
    await first.outcome;
    const waiting: Promise<unknown>[] = [];
    for (const domain of ["one.test", "other.test", "one.test"]) {
      waiting.push(transport.deliver(to(domain), async () => void served.push(domain)));
      // Until it stands in the line.
      await pause(20);
    }
    first.settle();
    await Promise.all(waiting);
    expect(served).toEqual(["one.test", "other.test", "one.test"]);
  });

  it("ends the connection that was idle longest where another server needs the room", async () => {
    const transport = deliver({ connections: 1 });
    for (const domain of ["one.test", "other.test", "one.test"]) {
      expect((await outcomeOf(transport, to(domain))).delivered).toBe(true);
    }
    expect([one.connections, other.connections]).toEqual([2, 1]);
    await expect.poll(() => one.lines.filter((line) => line === "QUIT").length).toBe(1);
  });

  it("ends connections that were idle for a while, and that carried enough", async () => {
    const brief = deliver({ idleMillis: 30 });
    await outcomeOf(brief, to("one.test"));
    await expect.poll(() => one.lines.at(-1)).toBe("QUIT");
    const worn = deliver({ messagesPerConnection: 2, connectionsPerServer: 1 });
    for (let count = 0; count < 5; count += 1) await outcomeOf(worn, to("other.test"));
    expect(other.connections).toBe(3);
  });

  it("keeps mail with other demands on TLS apart", async () => {
    const transport = deliver();
    await outcomeOf(transport, to("one.test"));
    expect(await failureOf(transport, { ...to("one.test"), tls: "required" })).toMatchObject({
      stage: "tls",
      status: "4.7.4",
      affectsDomain: false,
    });
    expect(one.lines.filter((line) => line.startsWith("MAIL"))).toHaveLength(1);
  });

  it("waits for the connections that a server allows, where it refuses more of them", async () => {
    script = (peer) =>
      open.size > 2 ? Promise.resolve(peer.end("421 4.7.0 Too many connections\r\n")) : welcome(peer);
    const transport = deliver({ connectionsPerServer: 8 });
    // Two that stand already, so that the server is known to take some.
    const two = [held(transport, "one.test"), held(transport, "one.test")];
    for (const { outcome } of two) expect((await outcome).delivered).toBe(true);
    const more = Array.from({ length: 20 }, () => outcomeOf(transport, to("one.test")));
    for (const { settle } of two) settle();
    expect((await Promise.all(more)).filter(({ delivered }) => !delivered)).toEqual([]);
    expect(one.connections).toBeLessThanOrEqual(2 + 20);

    script = async (peer) => peer.end("421 4.7.0 Too many connections\r\n");
    const unlucky = deliver({ connectionsPerServer: 8 });
    const before = one.connections;
    const failures = await Promise.all(Array.from({ length: 8 }, () => failureOf(unlucky, to("one.test"))));
    expect(failures.every(({ affectsDomain, reply }) => affectsDomain && reply?.code === 421)).toBe(true);
    expect(one.connections - before).toBe(8);
  });
});

describe("its end", () => {
  it("waits for messages that are under way, and says goodbye", async () => {
    const transport = deliver();
    await outcomeOf(transport, to("other.test"));
    const busy = held(transport, "one.test");
    await busy.outcome;
    let closed = false;
    const closing = transport.close(10_000).then(() => {
      closed = true;
    });
    await expect.poll(() => other.lines.at(-1)).toBe("QUIT");
    expect(closed).toBe(false);
    busy.settle();
    await closing;
    await expect.poll(() => one.lines.at(-1)).toBe("QUIT");
    expect(await failureOf(transport, to("one.test"))).toMatchObject({ permanent: false, affectsDomain: false });
  });

  it("comes within its grace, whatever servers do", async () => {
    const silences: ((peer: Peer) => Promise<unknown>)[] = [
      async () => {},
      (peer) => greet(peer, "PIPELINING"),
      async (peer) => {
        await greet(peer, "STARTTLS");
        await peer.line();
        peer.say("220 Go\r\n");
      },
    ];
    for (const silence of silences) {
      script = silence;
      const transport = deliver({ connectionsPerServer: 1 });
      const stuck = [failureOf(transport, to("one.test")), failureOf(transport, to("one.test"))];
      await pause(50);
      await transport.close(50);
      for (const failure of await Promise.all(stuck)) {
        expect(failure).toMatchObject({ permanent: false });
        expect(failure.message).toContain("Delivery stops");
      }
    }
  });
});
