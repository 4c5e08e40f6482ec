import { expect, it } from "vitest";
import { choiceIn, choicesIn, instantIn, listIn, parseSearch, stringifySearch, textIn } from "./search-params.ts";

it("a search is the same after it was a URL", () => {
  const search = {
    subject: "Größe & Preis = 100%?",
    isp: ["Gmail", "a,b"],
    recipient: "*@example.com",
    from: "2026-01-01",
  };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
  expect(stringifySearch({ a: undefined, b: "", c: [], d: null })).toBe("");
});

it("one of a list, and a list of one, are read as what is wanted", () => {
  expect(listIn(parseSearch("?isp=Gmail"), "isp")).toEqual(["Gmail"]);
  expect(listIn(parseSearch("?isp=Gmail&isp=Yahoo&isp="), "isp")).toEqual(["Gmail", "Yahoo"]);
  expect(textIn(parseSearch("?subject=a&subject=b"), "subject")).toBeUndefined();
});

it("what can't be read counts as not given", () => {
  const search = parseSearch("?n=three&kind=other&at=yesterday&list=");
  expect(choiceIn(search, "kind", ["this", "that"])).toBeUndefined();
  expect(choicesIn(search, "kind", ["this", "that"])).toBeUndefined();
  expect(instantIn(search, "at")).toBeUndefined();
  expect(listIn(search, "list")).toBeUndefined();
  expect(textIn(search, "nothing")).toBeUndefined();
  expect(parseSearch("?__proto__=x&constructor=y")).toHaveProperty("constructor", "y");
});

it("choices come in their own order, instants in UTC", () => {
  expect(choicesIn(parseSearch("?e=CLICK&e=x&e=OPEN"), "e", ["OPEN", "CLICK"])).toEqual(["OPEN", "CLICK"]);
  expect(instantIn(parseSearch("?at=2026-11-24T01:00:00%2B01:00"), "at")).toBe("2026-11-24T00:00:00.000Z");
});
