import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantTimeEqual, macOf } from "./mac.ts";

describe("a MAC", () => {
  // RFC 4231, 4.3: test case 2.
  const key = Buffer.from("Jefe");
  const content = "what do ya want for nothing?";
  const known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

  it("is HMAC-SHA-256, of a text or its bytes", () => {
    expect(macOf(key, content).toString("hex")).toBe(known);
    expect(macOf(key, Buffer.from(content)).toString("hex")).toBe(known);
  });

  it("is cut to its first bytes", () => {
    expect(macOf(key, content, { bytes: 12 }).toString("hex")).toBe(known.slice(0, 24));
  });

  it("differs by purpose, which stands in a line before the content", () => {
    expect(macOf(key, content, { purpose: "links" })).toEqual(macOf(key, `links\n${content}`));
    expect(macOf(key, content, { purpose: "links" })).not.toEqual(macOf(key, content, { purpose: "mail" }));
    expect(macOf(key, content, { purpose: "links" })).not.toEqual(macOf(key, content));
  });
});

describe("a constant-time comparison", () => {
  it("agrees with an ordinary one, whatever the lengths", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (one, other) => {
        expect(constantTimeEqual(one, one)).toBe(true);
        expect(constantTimeEqual(one, other)).toBe(one === other);
        expect(constantTimeEqual(one, `${one}x`)).toBe(false);
      }),
    );
  });

  it("takes bytes, and a text as its bytes", () => {
    expect(constantTimeEqual(Buffer.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(constantTimeEqual(Buffer.of(1, 2), Buffer.of(1, 2, 0))).toBe(false);
    expect(constantTimeEqual(Buffer.from("é"), "é")).toBe(true);
    expect(constantTimeEqual("", Buffer.alloc(0))).toBe(true);
  });
});
