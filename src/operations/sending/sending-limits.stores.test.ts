import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { createSendingLimits } from "./sending-limits.ts";

describe.each(databases)("sending limits on $name", ({ open }) => {
  let database: Database;
  let now = new Date("2026-11-24T07:30:00Z");
  const clock = () => now;
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };
  const sent = (hour: string, recipients: number) =>
    database.query("INSERT INTO sending_hours (scope, hour, recipients) VALUES (1, $1, $2)", [hour, recipients]);

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM sending_hours"));

  it("let everything through where there are none", async () => {
    const limits = createSendingLimits({ database, clock }, { perSecond: 0, perDay: 0 });
    for (let n = 0; n < 1_000; n++) await limits.take(50, 50);
  });

  it("let recipients through at the rate, and a whole message with the last of it", async () => {
    const limits = createSendingLimits({ database, clock }, { perSecond: 10, perDay: 0 });
    await limits.take(9, 9);
    await limits.take(6, 6);
    const refused = { code: "TooManyRequestsException", text: "Maximum sending rate exceeded." };
    await expect(limits.take(1, 1)).rejects.toMatchObject(refused);
    pass(500);
    await expect(limits.take(1, 1)).rejects.toMatchObject(refused);
    pass(100);
    await limits.take(1, 1);
    pass(3_600_000);
    for (let n = 0; n < 10; n++) await limits.take(1, 1);
    await expect(limits.take(1, 1)).rejects.toMatchObject(refused);
  });

  it("go on at the rate when the clock is set back", async () => {
    const limits = createSendingLimits({ database, clock }, { perSecond: 10, perDay: 0 });
    pass(-3_600_000);
    for (let n = 0; n < 10; n++) await limits.take(1, 1);
    await expect(limits.take(1, 1)).rejects.toMatchObject({ code: "TooManyRequestsException" });
    pass(100);
    await limits.take(1, 1);
  });

  it("let recipients through up to the quota of 24 hours, without the simulator's", async () => {
    await sent("2026-11-23T06:00:00Z", 1_000);
    await sent("2026-11-23T08:00:00Z", 95);
    const limits = createSendingLimits({ database, clock }, { perSecond: 0, perDay: 100 });
    await limits.take(40, 0);
    await limits.take(4, 4);
    await limits.take(2, 2);
    const refused = { code: "LimitExceededException", text: "Daily message quota exceeded." };
    await expect(limits.take(1, 1)).rejects.toMatchObject(refused);
    await database.query("UPDATE sending_hours SET recipients = 99 WHERE recipients = 95");
    pass(1_000);
    await limits.take(1, 1);
    await expect(limits.take(1, 1)).rejects.toMatchObject(refused);
  });
});
