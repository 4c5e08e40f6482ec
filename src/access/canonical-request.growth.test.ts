import { describe, it } from "vitest";
import { expectLinear, refusable } from "../../test/support/growth.ts";
import { filled, numbered } from "../../test/support/hostile-mails.ts";
import { ServiceError } from "../contract/errors/service-error.ts";
import { canonicalRequest, type SignableRequest } from "./canonical-request.ts";
import { readClaim } from "./sigv4.ts";

interface Signed {
  readonly request: SignableRequest;
  readonly names: string;
}

const signed = (request: Partial<SignableRequest>, names = "host"): Signed => ({
  request: { method: "POST", target: "/", rawHeaders: ["Host", "x"], ...request },
  names,
});
const list = (size: number, name: (one: number) => string) => Array.from({ length: size / 8 }, (_, one) => name(one));

const requests: Readonly<Record<string, (size: number) => Signed>> = {
  parameters: (size) => signed({ target: `/?${numbered((one) => `a${(one * 7) % 10_007}=%41+&`, size)}` }),
  segments: (size) => signed({ target: filled("/a/..", size) }),
  headers: (size) =>
    signed(
      { rawHeaders: list(size, (one) => `h${one}`).flatMap((name) => [name, "x"]) },
      list(size, (one) => `h${one}`).join(";"),
    ),
  "one header": (size) => signed({ rawHeaders: list(size, () => "Host") }),
  "one header, signed again and again": (size) =>
    signed({ rawHeaders: ["Host", filled("x", size)] }, list(size, () => "host").join(";")),
  "spaces in a header": (size) => signed({ rawHeaders: ["Host", `${filled(" ", size)}x`] }),
};

describe("a signed request is read in linear time", () => {
  it.each(Object.entries(requests))("%s", async (_, make) => {
    await expectLinear(make, ({ request, names }) => canonicalRequest(request, names, "x"));
  });

  it.each(["a=b,", "=", ",", "Credential=a/b,"])("an authorization of %s", async (piece) => {
    const read = (request: SignableRequest) => readClaim(request, { serves: () => true, service: "ses" }, new Date());
    await expectLinear(
      (size) => signed({ rawHeaders: ["Authorization", `AWS4-HMAC-SHA256 ${filled(piece, size)}`] }).request,
      refusable(read, ServiceError),
    );
  });
});
