import { describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { filled, numbered } from "../../../test/support/hostile-mails.ts";
import { policyId, readPolicy } from "./mta-sts-policy.ts";

const head = "version: STSv1\nmode: enforce\nmax_age: 1\n";

describe("policies are read in linear time", () => {
  it.each<[string, (size: number) => string]>([
    ["servers", (size) => head + numbered((one) => `mx: a${one}.example.com\n`, size)],
    ["a long server", (size) => `${head}mx: ${filled("a-.", size)}!`],
    ["keys", (size) => numbered((one) => `k${one}: x\n`, size)],
    ["colons", (size) => filled(":", size)],
    ["spaces", (size) => `version:${filled(" ", size)}x`],
    ["carriage returns", (size) => filled("\r", size)],
    ["semicolons", (size) => filled("; id=", size)],
  ])("%s", async (_, make) => {
    await expectLinear(make, readPolicy);
    await expectLinear((size) => [`v=STSv1 ;${make(size)}`], policyId);
  });
});
