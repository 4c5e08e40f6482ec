import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dotStuffed } from "./dot-stuffing.ts";

const wire = (...pieces: string[]) => Buffer.concat(dotStuffed(pieces.map((piece) => Buffer.from(piece)))).toString();

describe("dot-stuffing", () => {
  it("doubles dots at the beginning of lines, and ends the message", () => {
    expect(wire("a\r\n.b\r\nc.d\r\n")).toBe("a\r\n..b\r\nc.d\r\n.\r\n");
    expect(wire(".\r\n")).toBe("..\r\n.\r\n");
    expect(wire("a\r\n.\r\n..\r\n")).toBe("a\r\n..\r\n...\r\n.\r\n");
    expect(wire("a")).toBe("a\r\n.\r\n");
    expect(wire("")).toBe(".\r\n");
    expect(wire()).toBe(".\r\n");
  });

  it("knows lines across pieces", () => {
    expect(wire("a\r", "\n", "", ".b\r\n")).toBe("a\r\n..b\r\n.\r\n");
    expect(wire("a\r\n", ".", "\r\n", ".")).toBe("a\r\n..\r\n..\r\n.\r\n");
    expect(wire("a\r", "\n")).toBe("a\r\n.\r\n");
  });

  it("lets no line end early for servers that take a bare LF for the end of a line", () => {
    expect(wire("a\n.\nMAIL FROM:<x>\r\n")).toBe("a\n..\nMAIL FROM:<x>\r\n.\r\n");
    expect(wire("a\n.\r\nb\n")).toBe("a\n..\r\nb\n\r\n.\r\n");
  });

  it("is undone by the receiver, however the message is divided", () => {
    const line = fc
      .array(fc.constantFrom(".", "..", "a", "\r", "é", ""), { maxLength: 4 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(60)), (lines, cuts) => {
        const message = lines.map((line) => `${line}\r\n`).join("");
        const bytes = Buffer.from(message);
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, index) => bytes.subarray(from, places[index]));
        const sent = Buffer.concat(dotStuffed(pieces)).toString();
        expect(sent.endsWith(message === "" ? ".\r\n" : "\r\n.\r\n")).toBe(true);
        const content = sent.slice(0, -3);
        expect(`\r\n${content}`.includes("\r\n.\r\n")).toBe(false);
        expect(`\r\n${content}`.replaceAll("\n.", "\n").slice(2)).toBe(message);
      }),
    );
  });

  it("copies nothing", () => {
    const piece = new Uint8Array(Buffer.from("a\r\n.b\r\n"));
    const own = dotStuffed([piece]).filter((part) => part.buffer === piece.buffer);
    expect(Buffer.concat(own)).toEqual(Buffer.from(piece));
  });
});
