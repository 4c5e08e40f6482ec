import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplyParser, MalformedReply, type Reply, smtpReply } from "./reply.ts";

/** What a parser makes of bytes that come in these chunks; the error last, where there is one. */
function parse(...chunks: (string | Uint8Array)[]): (Reply | string)[] {
  const found: (Reply | string)[] = [];
  const parser = createReplyParser((reply) => found.push(reply));
  try {
    for (const chunk of chunks) parser.push(Buffer.from(chunk));
  } catch (error) {
    if (!(error instanceof MalformedReply)) throw error;
    found.push(error.message);
  }
  return found;
}

describe("replies", () => {
  it("are read, one line or several", () => {
    expect(parse("250 OK\r\n")).toEqual([{ code: 250, lines: ["OK"] }]);
    expect(parse("250\r\n", "354 \r\n")).toEqual([
      { code: 250, lines: [""] },
      { code: 354, lines: [""] },
    ]);
    expect(parse("250-one\r\n250-\r\n250 three\r\n550 no\r\n")).toEqual([
      { code: 250, lines: ["one", "", "three"] },
      { code: 550, lines: ["no"] },
    ]);
    expect(parse("250-a\n250 b\n")).toEqual([{ code: 250, lines: ["a", "b"] }]);
  });

  it("end with the line whose code counts", () => {
    expect(parse("451-a\r\n550 b\r\n")).toEqual([{ code: 550, lines: ["a", "b"] }]);
  });

  it("lose control characters", () => {
    expect(parse("550 a\0b\rc\x1b[1md\u0085e\u2028f\r\n")).toEqual([{ code: 550, lines: ["a b c [1md e f"] }]);
  });

  it("are refused where they are none or too long", () => {
    for (const bad of ["hello\r\n", "\r\n", "25\r\n", "2500 x\r\n", "199 x\r\n", "600 x\r\n", "250-a\r\nb\r\n"]) {
      expect(parse(bad), bad).toEqual(["The server's reply does not begin with a code."]);
    }
    expect(parse(`250 ${"x".repeat(5000)}`)).toEqual(["The server's reply is too long."]);
    expect(parse(`250 ${"x".repeat(5000)}\r\n`)).toEqual(["The server's reply is too long."]);
    expect(parse(...Array.from({ length: 5000 }, () => "250-more\r\n"))).toEqual(["The server's reply is too long."]);
  });

  it("are the same however their bytes are split", () => {
    const line = fc.oneof(
      fc.tuple(
        fc.constantFrom("250", "354", "421", "550", "99", ""),
        fc.constantFrom(" ", "-", "", "x"),
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant("5.1.1 é"), fc.constant("y".repeat(4100))),
        fc.constantFrom("\r\n", "\n", "\r"),
      ),
      fc.tuple(fc.constantFrom("250", "550"), fc.constantFrom(" ", "-"), fc.string(), fc.constant("\r\n")),
    );
    const bytes = fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.flat().join("")));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat()), (all, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...places].map((from, index) => all.subarray(from, places[index]));
        expect(parse(...chunks)).toEqual(parse(all));
        expect(parse(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(parse(all));
      }),
    );
  });

  it("of any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
        for (const found of parse(...chunks)) {
          if (typeof found !== "string") expect(found.code).toBeGreaterThanOrEqual(200);
        }
      }),
    );
  });
});

describe("an outcome's reply", () => {
  const read = (text: string) => {
    const [reply] = parse(text);
    if (reply === undefined || typeof reply === "string") throw new Error(reply);
    return smtpReply(reply);
  };

  it("has the enhanced status apart from the text", () => {
    expect(read("550 5.1.1 No such user\r\n")).toEqual({ code: 550, status: "5.1.1", text: "No such user" });
    expect(read("550-5.1.1 No\r\n550-5.1.1  such\r\n550 5.1.1 user\r\n")).toEqual({
      code: 550,
      status: "5.1.1",
      text: "No such user",
    });
    expect(read("250 2.0.0\r\n")).toEqual({ code: 250, status: "2.0.0", text: "" });
    expect(read("452-4.2.2 Full\r\n452 see example.com\r\n")).toEqual({
      code: 452,
      status: "4.2.2",
      text: "Full see example.com",
    });
  });

  it("has none where the server gives none, or one of another class", () => {
    expect(read("550 No such user\r\n").status).toBeUndefined();
    expect(read("550 5.1.1234 x\r\n").status).toBeUndefined();
    expect(read("550 4.2.2 Full\r\n")).toEqual({ code: 550, status: undefined, text: "4.2.2 Full" });
  });

  it("is bounded", () => {
    expect(read(`550 ${"x".repeat(4000)}\r\n`).text).toHaveLength(2000);
  });
});
