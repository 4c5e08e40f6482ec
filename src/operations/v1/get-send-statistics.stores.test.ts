import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import {
  bounceEvent,
  complaintEvent,
  deliveryEvent,
  insertEvents,
  sendEvent,
} from "../../../test/support/mail-events.ts";
import { callContext } from "../../../test/support/operation-call.ts";
import type { MailEvent, SendEvent } from "../../events/event.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { getSendStatistics } from "./get-send-statistics.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const rejected = ({ id: _, message: __, ...of }: SendEvent, id: string): MailEvent => ({
  ...of,
  id,
  type: "REJECT",
  reason: "Bad content",
});

describe.each(eventDatabases)("GetSendStatistics ($kind)", ({ open }) => {
  let events: EventDatabase;
  beforeAll(async () => {
    events = await open();
  });

  const ask = async (scope: number | undefined = defaultScope, drained = async () => {}) => {
    const recorder = { drained };
    const { SendDataPoints = [] } = await getSendStatistics({ read: (read) => read(scope), events, recorder })(
      {},
      callContext(now),
    );
    return SendDataPoints.map(({ Timestamp, ...counts }) => [Timestamp?.toISOString(), ...Object.values(counts)]);
  };
  const sentAt = (time: string, of: Parameters<typeof sendEvent>[0] = {}) =>
    sendEvent({ sentAt: new Date(time), ...of });
  const later = (sent: SendEvent, time: string) => ({ ...sent, at: new Date(time) });

  it("has no points of nothing", async () => {
    expect(await ask()).toEqual([]);
  });

  it("counts each message to a recipient once, in the quarter of an hour in which it happened", async () => {
    const bounced = sentAt("2026-11-20T10:00:00.000Z");
    const complained = sentAt("2026-11-20T10:14:59.999Z", { message: { inSesScope: false } });
    const odd = sentAt("2026-11-20T10:15:00.000Z");
    const old = sentAt("2026-10-10T00:00:00Z");
    const early = sentAt("2026-11-09T12:44:59.999Z");
    const first = sentAt("2026-11-09T12:45:00.000Z");
    const refused = sentAt("2026-11-23T12:31:00Z");
    const id = "00000000-0000-4000-8000-000000000001";
    const transient = { bounceType: "Transient" } as const;
    await insertEvents(events, [bounced, complained, odd, old, early, first, refused, rejected(refused, id)]);
    await insertEvents(events, [
      bounceEvent(later(bounced, "2026-11-20T10:31:00Z")),
      bounceEvent(later(bounced, "2026-11-20T10:10:00Z"), transient),
      deliveryEvent(later(complained, "2026-11-20T10:20:00Z")),
      complaintEvent(later(complained, "2026-11-20T11:00:00Z")),
      complaintEvent(later(complained, "2026-11-20T12:00:00Z")),
      bounceEvent(later(odd, "2026-11-20T10:16:00Z"), { bounceType: "Undetermined", bounceSubType: "Undetermined" }),
      complaintEvent(later(old, "2026-11-20T11:00:00Z")),
      bounceEvent(later(early, "2026-11-09T12:44:59.999Z")),
      // Earlier than its sending, by another clock.
      bounceEvent(later(first, "2026-11-09T12:00:00Z")),
      // Events may come twice.
      rejected(refused, id),
    ]);
    const points = [
      ["2026-11-09T12:45:00.000Z", 1, 1, 0, 0],
      ["2026-11-20T10:00:00.000Z", 2, 1, 0, 0],
      ["2026-11-20T10:15:00.000Z", 1, 1, 0, 0],
      ["2026-11-20T11:00:00.000Z", 0, 0, 2, 0],
      ["2026-11-23T12:30:00.000Z", 1, 0, 0, 1],
    ];
    expect(await ask()).toEqual(points);

    // Neither the simulator, nor what only says that the recipient is suppressed, nor another scope.
    const simulated = sentAt("2026-11-21T00:00:00Z", { recipient: "Bounce+x@Simulator.AmazonSES.com" });
    const suppressed = sentAt("2026-11-22T00:00:00Z");
    const other = sentAt("2026-11-22T00:00:00Z", { scope: 7 });
    await insertEvents(events, [
      ...[simulated, suppressed, other, bounceEvent(simulated), rejected(simulated, crypto.randomUUID())],
      bounceEvent(suppressed, { bounceSubType: "OnAccountSuppressionList" }),
      complaintEvent(suppressed, { complaintSubType: "OnAccountSuppressionList" }),
      ...[bounceEvent(other), rejected(other, crypto.randomUUID())],
    ]);
    const all = points.toSpliced(4, 0, ["2026-11-22T00:00:00.000Z", 1, 0, 0, 0]);
    expect(await ask()).toEqual(all);
    expect(await ask(7)).toEqual([["2026-11-22T00:00:00.000Z", 1, 1, 0, 1]]);
    expect(await ask(99)).toEqual([]);
  });

  it("counts what was acknowledged before", async () => {
    const sent = sentAt("2026-11-23T00:00:00Z", { scope: 8 });
    expect(await ask(8, () => insertEvents(events, [sent]))).toEqual([["2026-11-23T00:00:00.000Z", 1, 0, 0, 0]]);
  });
});
