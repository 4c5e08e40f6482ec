import { describe, expect, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { readReply } from "./exchange.ts";

const question = { name: "a", type: "A" } as const;
const read = (packet: Buffer) => readReply(packet, 1, question);

/** An ID, flags, a question for `a`, and the start of a record of an unknown type up to its length. */
const head = Buffer.from("000181800001000000000000" + "01610000010001" + "00ff00000100000001", "hex");
const dataStart = head.length + 2;

/** An answer with that record's data, and with addresses of the name at its end, up to the size. */
function packet(data: Buffer, size: number): Buffer {
  const start = Buffer.concat([head, Buffer.from([data.length >> 8, data.length & 0xff]), data]);
  const address = Buffer.concat([pointerTo(start.length - 2), Buffer.from("0001000100000001000401020304", "hex")]);
  const count = Math.max(0, Math.floor((size - start.length) / address.length));
  start.writeUInt16BE(count + 1, 6);
  return Buffer.concat([start, Buffer.alloc(count * address.length, address)]);
}

function pointerTo(offset: number): Buffer {
  return Buffer.from([0xc0 | (offset >> 8), offset & 0xff]);
}

/** An empty name, then pointers that each point to the one before, behind a label. */
function names(size: number, label: string): Buffer {
  const pieces: Buffer[] = [Buffer.from([0, 0])];
  let target = dataStart;
  for (let at = target + 2; at - dataStart < size; at += label.length + 2) {
    pieces.push(Buffer.from(label, "latin1"), pointerTo(target));
    target = at;
  }
  return Buffer.concat(pieces);
}

describe("an answer", () => {
  it.each(["", "\u0001a"])("is read in linear time if its names are pointers to pointers behind %j", async (label) => {
    await expectLinear((size) => packet(names(Math.min(size / 2, 8000), label), Math.min(size, 60_000)), read, {
      least: 1024,
      most: 1 << 14,
    });
  });

  it("is refused if pointers follow each other without end, and read if some do", () => {
    const records = (pointers: number) => {
      const reply = read(packet(names(2 + 2 * pointers, ""), 1000));
      return reply === "truncated" ? reply : reply?.packet.answers?.length;
    };
    expect(records(3)).toBeGreaterThan(50);
    expect(records(100)).toBeUndefined();
  });
});
