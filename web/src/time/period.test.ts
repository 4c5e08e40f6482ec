import { describe, expect, it } from "vitest";
import { dayStart, lastDays, lastHours } from "./period.ts";

describe("periods that end now", () => {
  const now = new Date("2026-11-24T08:15:30.000Z");

  it("begin with a full hour where they are told by the hour", () => {
    expect(lastHours(24, now)).toEqual({ from: "2026-11-23T09:00:00.000Z", to: "2026-11-24T08:15:30.000Z" });
  });

  it("begin at midnight of the zone where they are told by the day", () => {
    expect(lastDays(7, now, "UTC").from).toBe("2026-11-18T00:00:00.000Z");
    expect(lastDays(1, now, "America/New_York").from).toBe("2026-11-24T05:00:00.000Z");
    // There it is still the day before.
    expect(lastDays(1, now, "Pacific/Pago_Pago").from).toBe("2026-11-23T11:00:00.000Z");
  });

  it("know days of 23 and 25 hours", () => {
    // Clocks in Berlin went back on 25 October 2026 and forth on 29 March.
    expect(lastDays(31, now, "Europe/Berlin").from).toBe("2026-10-24T22:00:00.000Z");
    expect(dayStart("2026-10-25T12:00:00.000Z", "Europe/Berlin", 1)).toBe("2026-10-25T23:00:00.000Z");
    expect(dayStart("2026-03-29T12:00:00.000Z", "Europe/Berlin", 1)).toBe("2026-03-29T22:00:00.000Z");
  });
});
