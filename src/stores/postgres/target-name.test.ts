import { expect, it } from "vitest";
import { defaultScope } from "./database.ts";
import { busTarget, destinationTarget, identityTarget, parseTarget, webhookTarget } from "./target-name.ts";

const id = "11111111-2222-4333-8444-555555555555";

it("reads the names that it writes", () => {
  for (const scope of [defaultScope, 2, 2_147_483_647]) {
    expect(parseTarget(busTarget(scope))).toEqual({ kind: "bus", scope });
  }
  expect(parseTarget(destinationTarget(id))).toEqual({ kind: "destination", id });
  expect(parseTarget(webhookTarget(id))).toEqual({ kind: "webhook", id });
  for (const identity of ["example.com", "a:b@example.com", "Bounce:x", "xn--bcher-kva.example", "line\nbreak"]) {
    for (const type of ["Bounce", "Complaint", "Delivery"] as const) {
      for (const scope of [defaultScope, 2, 2_147_483_647]) {
        expect(parseTarget(identityTarget(scope, identity, type))).toEqual({ kind: "identity", scope, type, identity });
      }
      // Rows from before there were scopes have such names.
      expect(identityTarget(defaultScope, identity, type)).toBe(`identity:${type}:${identity}`);
    }
  }
});

it("keeps the names of the default scope from before there were others", () => {
  expect(busTarget(defaultScope)).toBe("bus");
  expect(identityTarget(defaultScope, "example.com", "Bounce")).toBe("identity:Bounce:example.com");
  expect(new Set([1, 2, 3].map(busTarget)).size).toBe(3);
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
  "identity@02:Bounce:example.com",
  "bus@",
  "bus@1",
  "bus@02",
  "bus@2:",
  "bus@2\n",
  "bus@12345678901",
  "identity@1:Bounce:example.com",
  "identity@x:Bounce:example.com",
  "identity@2",
  `destination@2:${id}`,
  `webhook@2:${id}`,
])("takes %j for no target", (text) => {
  expect(parseTarget(text)).toBeUndefined();
});
