import { describe, expect, it } from "vitest";
import { periodChoice, periodOf } from "./period-choice.ts";

const now = new Date("2026-11-24T08:15:30.000Z");

describe("the period of an overview", () => {
  it("is a week unless the URL says otherwise", () => {
    expect(periodChoice({})).toEqual({ range: "7d" });
    expect(periodChoice({ range: "30d" })).toEqual({ range: "30d" });
  });

  it("is what was set, where both ends are there and in order", () => {
    const set = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" };
    expect(periodChoice({ ...set, range: "30d" })).toEqual(set);
    expect(periodOf(set, now, "UTC")).toEqual(set);
    expect(periodChoice({ from: set.to, to: set.from })).toEqual({ range: "7d" });
    expect(periodChoice({ from: set.from })).toEqual({ range: "7d" });
  });

  it("is by the hour up to three days: never longer than that", () => {
    const { from, to } = periodOf({ range: "3d" }, now, "UTC");
    expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(72 * 3_600_000);
    expect(from).toBe("2026-11-21T09:00:00.000Z");
  });

  it("counts today", () => {
    expect(periodOf({ range: "7d" }, now, "UTC").from).toBe("2026-11-18T00:00:00.000Z");
  });

  it("is never longer than the server answers", () => {
    for (const zone of ["UTC", "Europe/Berlin", "Pacific/Kiritimati"]) {
      const { from, to } = periodOf({ range: "all" }, now, zone);
      expect(Date.parse(to) - Date.parse(from)).toBeLessThanOrEqual(3_660 * 24 * 3_600_000);
    }
  });
});
