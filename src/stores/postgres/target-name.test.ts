import { expect, it } from "vitest";
import { busTarget, destinationTarget, identityTarget, parseTarget, webhookTarget } from "./target-name.ts";

const id = "11111111-2222-4333-8444-555555555555";

it("reads the names that it writes", () => {
  expect(parseTarget(busTarget)).toEqual({ kind: "bus" });
  expect(parseTarget(destinationTarget(id))).toEqual({ kind: "destination", id });
  expect(parseTarget(webhookTarget(id))).toEqual({ kind: "webhook", id });
  for (const identity of ["example.com", "a:b@example.com", "Bounce:x", "xn--bcher-kva.example", "line\nbreak"]) {
    for (const type of ["Bounce", "Complaint", "Delivery"] as const) {
      for (const scope of [1, 2, 1_000]) {
        const name = identityTarget(scope, identity, type);
        expect(parseTarget(name)).toEqual({ kind: "identity", scope, type, identity });
      }
      // Rows from before there were scopes have such names.
      expect(identityTarget(1, identity, type)).toBe(`identity:${type}:${identity}`);
    }
  }
});

it.each([
  "",
  "buses",
  "bus:",
  id,
  "destination",
  "destination:",
  "destination:1",
  `destination:${id} `,
  `destination:${id}\n`,
  `Destination:${id}`,
  `destination:${id.toUpperCase().replace("1", "A")}`,
  `topic:${id}`,
  "identity:",
  "identity:example.com",
  "identity:Open:example.com",
  "identity:Bounce",
  "identity@:Bounce:example.com",
  "identity@1:Bounce:example.com",
  "identity@02:Bounce:example.com",
  "identity@2147483648:Bounce:example.com",
  `destination@2:${id}`,
])("takes %j for no target", (text) => {
  expect(parseTarget(text)).toBeUndefined();
});
