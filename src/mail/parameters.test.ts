import { describe, expect, it } from "vitest";
import { boundaryOf, parameter, parameterValues } from "./parameters.ts";

describe("a parameter", () => {
  it.each([
    ['multipart/mixed; boundary="a b"', "a b"],
    ["multipart/mixed;boundary=a", "a"],
    ["multipart/mixed; BOUNDARY = a ; x=y", "a"],
    ['multipart/mixed; boundary="a\\"b"', 'a"b'],
    ['multipart/mixed; boundary="a  "', "a"],
    ['multipart/mixed; boundary="a', "a"],
    ["multipart/mixed; boundary=a (a comment)", "a"],
    ["multipart/report; report-type=delivery-status boundary=a", "a"],
    ['multipart/report; report-type="delivery-status" boundary="a"', "a"],
    ["multipart/mixed boundary=a", "a"],
    ["multipart/mixed; boundary==_a=", "=_a="],
    ["multipart/mixed; x; ; =y; boundary=a; boundary=b", "a"],
    ['multipart/mixed; x="; boundary=b"; boundary=a', "a"],
    ["multipart/mixed; boundary*0=a; boundary*1=b", "ab"],
    ['multipart/mixed; boundary*1="b"; boundary*0="a"; boundary*3=d', "ab"],
    ["multipart/mixed; boundary*0*=us-ascii''a%2D; boundary*1=%2D", "a-%2D"],
    ["multipart/mixed; boundary*=us-ascii'en'%61", "a"],
    ["multipart/mixed; boundary=b; boundary*0=a", "a"],
    ["multipart/mixed; boundary*1=b", undefined],
    ["multipart/mixed; boundary=", undefined],
    ["multipart/mixed; xboundary=a", undefined],
    ["multipart/mixed; boundary", undefined],
    ["", undefined],
  ])("boundary in %s", (field, boundary) => {
    expect(boundaryOf(field)).toBe(boundary);
  });

  it("is one word, unless it is quoted", () => {
    expect(parameter("text/plain; charset=utf-8 (of course)", "charset")).toBe("utf-8");
    expect(parameter('text/plain; charset="utf 8"', "charset")).toBe("utf 8");
  });

  it("has all the values that a program may read", () => {
    const field = `attachment; filename=my a.txt; filename="b"; filename*0*=utf-8''%C3; filename*1*=%BC; filename*0=z`;
    expect(parameterValues(field, "filename")).toEqual([
      { text: "\xc3\xbc", form: "extended", charset: "utf-8" },
      { text: "my a.txt", form: "token", charset: undefined },
      { text: "b", form: "quoted", charset: undefined },
    ]);
  });
});
