import { describe, expect, it } from "vitest";
import type { OverviewBucket, Volumes } from "../../../../src/admin-api/overview.ts";
import { comparison, isMeasured, isUnknown, lackingTypes, rateOf, sinceFirst } from "./rates.ts";

const none: Volumes = {
  sends: 0,
  deliveries: 0,
  permanentBounces: 0,
  transientBounces: 0,
  complaints: 0,
  opens: 0,
  clicks: 0,
  deliveriesWithFeedback: 0,
  deliveriesOpenTracked: 0,
  deliveriesClickTracked: 0,
};

describe("rates of an hour or a day", () => {
  it("are measured against what could have happened", () => {
    const volumes = { ...none, sends: 200, deliveries: 190, permanentBounces: 4, opens: 30, deliveriesOpenTracked: 60 };
    expect(rateOf(volumes, "deliveries")).toBe(0.95);
    expect(rateOf(volumes, "permanentBounces")).toBe(0.02);
    expect(rateOf(volumes, "opens")).toBe(0.5);
  });

  it("are unknown where nothing could have happened, and never more than all", () => {
    expect(rateOf({ ...none, opens: 3 }, "opens")).toBeNull();
    expect(rateOf({ ...none, opens: 30, deliveriesOpenTracked: 3 }, "opens")).toBe(1);
  });
});

describe("the comparison with the period before", () => {
  it("is told in words", () => {
    expect(comparison(112, 100)).toBe("12% more than before");
    expect(comparison(50, 100)).toBe("50% fewer than before");
    expect(comparison(1001, 1000)).toBe("as before");
    expect(comparison(1200, 100)).toBe("12 times as many as before");
    expect(comparison(0, 100)).toBe("100% fewer than before");
    expect(comparison(7, 0)).toBeUndefined();
  });
});

describe("all that is kept", () => {
  const days = (sends: readonly number[]) =>
    sends.map(
      (one, day): OverviewBucket => ({ ...none, sends: one, at: `2026-11-${String(day + 1).padStart(2, "0")}` }),
    );

  it("begins with the first day on which something happened", () => {
    const buckets = days([0, 0, 5, 0, 1, 1, 1, 1, 1, 1]);
    expect(sinceFirst({ buckets, bucket: "day" })[0]?.at).toBe("2026-11-03");
  });

  it("has a week at the least, and no more than was asked for", () => {
    expect(sinceFirst({ buckets: days([0, 0, 0, 0, 0, 0, 0, 0, 0, 5]), bucket: "day" })).toHaveLength(7);
    expect(sinceFirst({ buckets: days([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), bucket: "day" })).toHaveLength(7);
    expect(sinceFirst({ buckets: days([0, 5]), bucket: "day" })).toHaveLength(2);
  });
});

describe("what a mirror never brings", () => {
  const lacking = lackingTypes([
    { account: "1", region: "us-east-1", types: ["SEND"] },
    { account: "2", region: "us-east-1", types: ["OPEN"] },
  ]);

  it("is not known where none is there, and counted where other mail has some", () => {
    expect(isUnknown(none, "sends", lacking)).toBe(true);
    expect(isUnknown(none, "opens", lacking)).toBe(true);
    expect(isUnknown({ ...none, opens: 3 }, "opens", lacking)).toBe(false);
    expect(isUnknown(none, "clicks", lacking)).toBe(false);
    expect(isUnknown(none, "sends", lackingTypes(undefined))).toBe(false);
  });

  it("has no rate, and nothing is measured against it", () => {
    const some = { ...none, sends: 5, deliveries: 9, opens: 3, deliveriesOpenTracked: 9, deliveriesClickTracked: 9 };
    expect(isMeasured(some, "deliveries", lacking)).toBe(false);
    expect(isMeasured(some, "permanentBounces", lacking)).toBe(false);
    expect(isMeasured(some, "opens", lacking)).toBe(true);
    expect(isMeasured({ ...some, opens: 0 }, "opens", lacking)).toBe(false);
    expect(isMeasured(some, "clicks", lacking)).toBe(true);
  });
});
