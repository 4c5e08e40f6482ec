import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { filled, numbered } from "../../test/support/hostile-mails.ts";
import { dmarcRecord } from "./dmarc-check.ts";
import { spfAllows } from "./spf-check.ts";

const resolver = (text: string) => ({
  txt: async () => ({ records: [text], secure: false }),
  mx: async () => ({ records: [], secure: false }),
  addresses: async () => ({ records: [], secure: false }),
});

describe("records of a domain are read in linear time", () => {
  it.each(["ip4:192.0.2.9 ", "ip4:1/1", "a/1/", "a:x/", "redirect=x ", "include:x ", " "])("SPF: %s", async (piece) => {
    await expectLinear(
      (size) => resolver(`v=spf1 ${filled(piece, size)}`),
      (given) => spfAllows(given, "example.com", ["192.0.2.1"]),
    );
  });

  it.each<[string, (size: number) => string]>([
    ["tags", (size) => numbered((one) => `a${one}=x;`, size)],
    ["equals signs", (size) => filled("=", size)],
    ["spaces", (size) => `p=${filled(" ", size)}x`],
  ])("DMARC: %s", async (_, make) => {
    await expectLinear(
      (size) => resolver(`v=DMARC1;${make(size)}`),
      (given) => dmarcRecord(given, "example.com"),
      { most: 4096 },
    );
  });
});
