import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { filled } from "../../test/support/hostile-mails.ts";
import { parseResults } from "./authentication-results.ts";

describe("Authentication-Results are parsed in linear time", () => {
  it.each(["spf=pass;", "(", "(a)", "((a)b)", '"', "\\", ";", "a", " ", "a ", "spf ", "spf/1", "= ", "/ "])(
    "%j",
    async (part) => {
      await expectLinear((size) => `mx.example.org; ${filled(part, size)}`, parseResults);
      await expectLinear((size) => filled(part, size), parseResults);
    },
  );
});
