import { it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { mentionsOf } from "./mentions.ts";

const mentions = mentionsOf("ann@example.com");

it("searches in linear time", async () => {
  for (const part of ["ann@example.co", "\\n", "YW5u", "@"]) {
    await expectLinear(
      (size: number) => part.repeat(size / part.length),
      (text: string) => mentions(text),
    );
  }
});
