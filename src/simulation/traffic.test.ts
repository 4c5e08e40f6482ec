import { describe, expect, it } from "vitest";
import type { MailEvent } from "../events/event.ts";
import { encodeEvent } from "../events/record.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import { simulateTraffic, type TrafficOptions } from "./traffic.ts";
import { providers, streams } from "./world.ts";

const until = new Date("2026-11-23T12:34:56.789Z");
const dayMs = 24 * 3600 * 1000;
const options: TrafficOptions = { scope: defaultScope, messages: 3_000, days: 30, seed: 7, until };

const traffic = (changes: Partial<TrafficOptions> = {}) => [...simulateTraffic({ ...options, ...changes })];
const bytes = (messages: MailEvent[][]) => messages.flat().map(encodeEvent).join("");

describe("simulateTraffic", () => {
  it("is the same byte for byte for the same options, and other for any other", () => {
    const first = bytes(traffic());
    expect(bytes(traffic())).toBe(first);
    expect(bytes(traffic({ seed: 8 }))).not.toBe(first);
    // Seeds that differ in their upper bits only.
    expect(bytes(traffic({ seed: 7 + 2 ** 32 }))).not.toBe(first);
    expect(bytes(traffic({ days: 29 }))).not.toBe(first);
    expect(bytes(traffic({ until: new Date(until.getTime() + 1) }))).not.toBe(first);
  });

  it.each([
    [1, 30],
    [2, 0.001],
    [719, 30],
    [720, 30],
    [10_001, 1],
    [5_000, 3_650],
    [250_000, 0.5],
  ])("has %d messages over %d days, each with one SEND first", (messages, days) => {
    let count = 0;
    for (const [sent, ...others] of simulateTraffic({ ...options, messages, days })) {
      count++;
      if (sent?.type !== "SEND" || others.some(({ type }) => type === "SEND")) throw new Error("not one SEND first");
    }
    expect(count).toBe(messages);
  });

  it("lies between the first day and the last instant, sorted by the time of sending, as are the ids", () => {
    const messages = traffic();
    const sentAt = messages.map(([sent]) => sent?.sentAt.getTime() ?? 0);
    expect(sentAt).toEqual(sentAt.toSorted((a, b) => a - b));
    expect(sentAt[0]).toBeGreaterThanOrEqual(until.getTime() - 30 * dayMs);
    const ids = messages.map(([sent]) => sent?.messageId ?? "");
    // A message id begins with the millisecond; those of one may come in any order.
    const stamps = ids.map((id) => id.slice(0, 16));
    expect(stamps).toEqual(stamps.toSorted());
    expect(stamps).toEqual(sentAt.map((time) => `0100${time.toString(16).padStart(12, "0")}`));
    expect(new Set(ids).size).toBe(ids.length);
    const events = messages.flat();
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(Math.max(...events.map(({ at }) => at.getTime()))).toBeLessThanOrEqual(until.getTime());
    // Much is sent within the last seconds of a short span: what would happen after it is left out.
    const short = traffic({ days: 1 / 24 / 60, messages: 2_000 });
    const delivered = short.filter((message) => message.some(({ type }) => type === "DELIVERY"));
    expect(delivered.length).toBeLessThan(2_000);
    expect(Math.max(...short.flat().map(({ at }) => at.getTime()))).toBeLessThanOrEqual(until.getTime());
  });

  it("tells of one message and recipient at a time, in an order that can happen", () => {
    for (const message of traffic()) {
      const [sent] = message;
      const types = message.map(({ type }) => type);
      for (const event of message) {
        expect([event.messageId, event.recipient, event.sentAt]).toEqual([
          sent?.messageId,
          sent?.recipient,
          sent?.sentAt,
        ]);
        expect(event.at >= event.sentAt).toBe(true);
      }
      for (const type of ["OPEN", "CLICK", "COMPLAINT"] as const) {
        if (types.includes(type)) expect(types).toContain("DELIVERY");
      }
      // People open before they click; scanners don't.
      const byPerson = message.flatMap((event) => ("machine" in event && event.machine ? [] : [event.type]));
      if (byPerson.includes("CLICK")) expect(byPerson).toContain("OPEN");
    }
  });

  it("treats each provider's mail as the world says", () => {
    // What was sent in the last ten days may still be on its way.
    const settled = traffic({ messages: 120_000, days: 30 }).filter(
      ([sent]) => (sent?.sentAt.getTime() ?? 0) < until.getTime() - 10 * dayMs,
    );
    const weights = streams.reduce((sum, { weight }) => sum + weight, 0);
    const mean = (of: (stream: (typeof streams)[number]) => number) =>
      streams.reduce((sum, stream) => sum + stream.weight * of(stream), 0) / weights;
    const engaged = mean(({ tracked, engagement }) => (tracked ? engagement : 0));
    const tracked = mean((stream) => (stream.tracked ? 1 : 0));
    const complaining = mean(({ complaints }) => complaints);
    const total = providers.reduce((sum, { weight }) => sum + weight, 0);
    for (const provider of providers) {
      const own = settled.filter(([sent]) => sent?.recipient.endsWith(`@${provider.domain}`));
      expectShare(own.length, settled.length, provider.weight / total, `mail to ${provider.domain}`);
      const having = (test: (event: MailEvent) => boolean) => own.filter((message) => message.some(test)).length;
      const { permanentBounce, transientBounce, delay, complaint, open, proxied, scanned } = provider;
      const delivered = (1 - permanentBounce) * (1 - transientBounce);
      const share = (count: number, probability: number, what: string) =>
        expectShare(count, own.length, probability, `${what} at ${provider.domain}`);
      share(
        having((event) => event.type === "DELIVERY"),
        delivered,
        "deliveries",
      );
      share(
        having((event) => event.type === "BOUNCE" && event.bounceType === "Permanent"),
        // Some servers bounce what they have taken.
        permanentBounce + 0.002 * delivered,
        "permanent bounces",
      );
      share(
        having((event) => event.type === "BOUNCE" && event.bounceType === "Transient"),
        (1 - permanentBounce) * transientBounce,
        "transient bounces",
      );
      share(
        having((event) => event.type === "DELIVERY_DELAY"),
        delay,
        "delays",
      );
      const complaints = having((event) => event.type === "COMPLAINT");
      if (complaint === 0) expect(complaints).toBe(0);
      else share(complaints, delivered * complaint * complaining, "complaints");
      share(
        having((event) => event.type === "OPEN" && event.machine === undefined),
        delivered * open * engaged,
        "opens",
      );
      share(
        having((event) => event.type === "OPEN" && event.machine === "proxy"),
        delivered * proxied * tracked,
        "opens by proxies",
      );
      share(
        having((event) => event.type === "CLICK" && event.machine === "scanner"),
        delivered * scanned * tracked,
        "clicks by scanners",
      );
    }
  });
});

/** Within five standard deviations of the binomial distribution, and the 2 % that is still to come. */
function expectShare(count: number, of: number, probability: number, what: string): void {
  const expected = of * probability;
  const tolerance = 5 * Math.sqrt(expected * (1 - probability)) + 0.02 * expected + 1;
  expect(Math.abs(count - expected), `${what}: ${count} of ${of}, expected ${expected}`).toBeLessThan(tolerance);
}
