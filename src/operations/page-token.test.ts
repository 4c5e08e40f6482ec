import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeToken, encodeToken } from "./page-token.ts";

describe("page tokens", () => {
  test("give back the position to the kind of list that made them", () => {
    const position = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(fc.string(), position, (kind, text) => {
        expect(decodeToken(kind, encodeToken(kind, text))).toBe(text);
      }),
    );
  });

  test("are refused by every other kind", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (kind, other, position) => {
        fc.pre(kind !== other && kind.isWellFormed() && other.isWellFormed());
        expect(decodeToken(other, encodeToken(kind, position))).toBeUndefined();
      }),
    );
  });

  test("are refused when they are something else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(decodeToken("sets", text)).toBeUndefined();
      }),
    );
    const token = encodeToken("sets", "last");
    for (const bad of ["", "garbage", `${token}=`, ` ${token}`, `${token}\n`, token.slice(0, 8), token.toUpperCase()]) {
      expect(decodeToken("sets", bad), bad).toBeUndefined();
    }
  });

  test("carry no control character, which the database would refuse", () => {
    expect(decodeToken("sets", encodeToken("sets", "a\0b"))).toBeUndefined();
  });
});
