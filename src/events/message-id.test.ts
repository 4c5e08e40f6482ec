import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createMessageId,
  firstMessageIdAt,
  packedMessageIdBytes,
  packMessageId,
  sentAtOf,
  unpackMessageId,
} from "./message-id.ts";

const sentAt = new Date("2026-11-24T07:00:00.123Z");
const dates = fc.date({ min: new Date(0), max: new Date(2 ** 48 - 1), noInvalidDate: true });

describe("a message id", () => {
  it("has SES's form", () => {
    expect(createMessageId(sentAt)).toMatch(/^0100[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-000000$/);
    expect(createMessageId(new Date(0x1a20a2f5c01), "6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10")).toBe(
      "010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000",
    );
  });

  it("sorts after the ones before of the same millisecond", () => {
    const ids = Array.from({ length: 1_000 }, () => createMessageId(sentAt));
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.every((id) => packMessageId(id) !== undefined)).toBe(true);
  });

  it("tells when the message was sent, that of another region too", () => {
    expect(sentAtOf(createMessageId(sentAt))).toEqual(sentAt);
    expect(sentAtOf("0102000000000010-of another region-000000")).toEqual(new Date(16));
  });

  it.each(["", "x", "0100", "0100zz", "0100000000000zzz-", "0100000000000010"])("%j tells no time", (text) => {
    expect(sentAtOf(text).getTime()).toBeNaN();
  });

  it("sorts by the time of sending, from the first of an instant on", () => {
    fc.assert(
      fc.property(dates, dates, (one, other) => {
        const [early, late] = [one.getTime(), other.getTime()].toSorted((a, b) => a - b);
        const first = firstMessageIdAt(late ?? 0);
        expect(createMessageId(new Date(late ?? 0)) > first).toBe(true);
        expect(createMessageId(new Date(early ?? 0)) < first).toBe(early !== late);
      }),
    );
    expect(firstMessageIdAt(-1)).toBe("0100000000000000");
    expect(firstMessageIdAt(16.9)).toBe("0100000000000010");
  });

  it("packs into 22 bytes and back", () => {
    fc.assert(
      fc.property(dates, (date) => {
        const id = createMessageId(date);
        const packed = packMessageId(id);
        expect(packed).toHaveLength(packedMessageIdBytes);
        expect(packed && unpackMessageId(packed)).toBe(id);
      }),
    );
    expect(packMessageId("010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000")?.toString("hex")).toBe(
      "01a20a2f5c016d0c5c0e7a3f4b579c543f6a2c1a9b10",
    );
  });

  it("does not pack where it is of another make", () => {
    const id = createMessageId(sentAt);
    const others = ["", "x", `${id}0`, `${id}\n`, id.slice(1), id.toUpperCase(), id.replace("0100", "0102")];
    for (const other of [...others, id.replace("-000000", "-000001")]) expect(packMessageId(other)).toBeUndefined();
  });
});
