/** The headers of foreign messages. */
import { describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { filled } from "../../../test/support/hostile-mails.ts";
import { headerBytes, readMailHeaders } from "./mail-headers.ts";

describe("headers are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["folds", (size) => `Subject: a${filled("\r\n b", size)}`],
    ["blank folds", (size) => `Subject: a${filled("\r\n ", size)}`],
    ["many recipients", (size) => `To: ${filled("a@b.c, ", size)}`],
    ["names to quote", (size) => `To: "${filled('\\"', size)}" <a@b.c>`],
    ["encoded words", (size) => `Subject: ${filled("=?utf-8?Q?a?= ", size)}`],
    ["a line without an end", (size) => filled("a", size)],
  ])("%s", async (_, make) => {
    // A mail of any length: only its start is read.
    await expectLinear(
      (size) => Buffer.from(make(size)),
      (mail) => readMailHeaders(mail.subarray(0, headerBytes(mail.length)), mail.length + 1),
      { least: 1024, most: 1 << 14 },
    );
  });
});
