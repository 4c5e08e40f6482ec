import { describe, it } from "vitest";
import { expectLinear } from "../../../../test/support/growth.ts";
import { listUnsubscribe } from "./list-unsubscribe.ts";
import { cleaned, parseSearch } from "./search-query.ts";
import { tagsOfMail } from "./tag-names.ts";

const readers = {
  "the search text": cleaned,
  "a search": (text: string) => parseSearch(text, undefined),
  "unsubscribe links": (text: string) => listUnsubscribe(text, ""),
  "tags in a header": (text: string) => tagsOfMail(text, []),
  "tags in an address": (text: string) => tagsOfMail("", [{ address: text }]),
};
const parts = [" ", "a ", '"', "(", "((a)", "<a@b>, ", "+a", "-to:a ", ","];

describe.each(Object.entries(readers))("%s is read in linear time", (_name, read) => {
  it.each(parts)("of %j", async (part) => {
    await expectLinear((size) => part.repeat(size / part.length), read, { most: 1 << 18 });
  });
});
