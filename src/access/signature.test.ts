import { expect, it } from "vitest";
import { signatureOf, signingKeyOf } from "./signature.ts";

it("a signature stays as it was", () => {
  const scope = { date: "20261123", region: "us-east-1", service: "ses" };
  expect(signatureOf("GET\n/", "20261123T120000Z", scope, signingKeyOf("secret", scope))).toBe(
    "670b06f2f1b901c06012c944e850d403a4ce6415dbcfd8d71a359d0ab6829eb5",
  );
});
