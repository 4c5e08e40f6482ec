import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { eventExamples, eventsPageFile, withExamples } from "./event-examples.ts";

describe("docs/events.md", () => {
  it("has the examples that `npm run docs` writes, each once", async () => {
    const page = await readFile(eventsPageFile, "utf8");
    const examples = eventExamples();
    expect(page).toBe(withExamples(page, examples));
    const shown = Array.from(page.matchAll(/<!-- example: (.+?) -->/g), ([, name]) => name);
    expect(shown.sort()).toEqual([...examples.keys()].sort());
  });

  it("is refused with an example that doesn't exist", () => {
    expect(() => withExamples("<!-- example: Nothing -->\n\n```json\n{}\n```\n", new Map())).toThrow("Nothing");
  });
});
