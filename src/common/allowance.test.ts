import { describe, expect, it } from "vitest";
import { createAllowance } from "./allowance.ts";
import { clientOf } from "./client-address.ts";

describe("an allowance", () => {
  it("lets each client do so much at once, then as time goes by", () => {
    let now = 1_000_000;
    const allowance = createAllowance(3, 1000, () => new Date(now));
    const take = (client: string) => allowance.take(client);
    expect([take("a"), take("a"), take("a"), take("a"), take("b")]).toEqual([true, true, true, false, true]);
    now += 999;
    expect(take("a")).toBe(false);
    now += 1;
    expect([take("a"), take("a")]).toEqual([true, false]);
    now += 3_600_000;
    expect([take("a"), take("a"), take("a"), take("a")]).toEqual([true, true, true, false]);
  });

  it("holds nobody up for long when the clock is set back", () => {
    let now = 1_000_000_000;
    const allowance = createAllowance(2, 1000, () => new Date(now));
    expect(allowance.take("a")).toBe(true);
    now -= 500_000_000;
    expect([allowance.take("a"), allowance.take("a"), allowance.take("a")]).toEqual([true, true, false]);
  });

  it("goes on for clients without end", () => {
    let now = 0;
    const allowance = createAllowance(1, 10, () => new Date(now));
    for (let n = 0; n < 5000; n++) {
      now += 1;
      expect(allowance.take(`client ${n}`)).toBe(true);
    }
    expect(allowance.take("client 4999")).toBe(false);
  });
});

describe("a client", () => {
  it("is an IPv4 address, or the network of an IPv6 one", () => {
    expect(clientOf("192.0.2.1")).toBe("192.0.2.1");
    expect(clientOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(clientOf("2001:db8:1:2:3:4:5:6")).toBe(clientOf("2001:db8:1:2::9"));
    expect(clientOf("2001:db8:1:2::9")).not.toBe(clientOf("2001:db8:1:3::9"));
    expect(clientOf("")).toBe("");
  });
});
