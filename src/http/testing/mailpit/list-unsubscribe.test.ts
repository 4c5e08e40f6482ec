import { expect, test } from "vitest";
import { listUnsubscribe } from "./list-unsubscribe.ts";

test.each([
  ["<https://a.example/u>", ["https://a.example/u"], ""],
  [
    "<mailto:u@a.example?subject=x>, <https://a.example/u>",
    ["mailto:u@a.example?subject=x", "https://a.example/u"],
    "",
  ],
  ["(Use this) <mailto:u@a.example>", ["mailto:u@a.example"], ""],
  ["https://a.example/u", [], '"https://a.example/u" should be links in <>, separated by commas'],
  ["<https://a.example/u> <mailto:u@a.example>", [], expect.stringContaining("separated by commas")],
  ["<ftp://a.example>", [], '"ftp://a.example" should be a link that starts with http(s):// or mailto:'],
  [
    "<https://a.example/1>, <https://a.example/2>",
    expect.any(Array),
    expect.stringContaining("a maximum of one email"),
  ],
  [`<https://a.example/${"x".repeat(100_000)}>`, [], "it is too long"],
  ["<".repeat(16_000), [], expect.stringContaining("separated by commas")],
])("%.40s", (header, links, errors) => {
  expect(listUnsubscribe(header, "List-Unsubscribe=One-Click")).toEqual({
    Header: header,
    Links: links,
    Errors: errors,
    HeaderPost: "List-Unsubscribe=One-Click",
  });
});

test("a mail without the header has no links", () => {
  expect(listUnsubscribe("", "x")).toEqual({ Header: "", Links: [], Errors: "", HeaderPost: "" });
});
