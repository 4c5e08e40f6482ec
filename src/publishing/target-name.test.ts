import { expect, it } from "vitest";
import { destinationTarget } from "../stores/postgres/event-destinations.ts";
import { webhookTarget } from "../stores/postgres/webhooks.ts";
import { busTarget, identityTarget, parseTarget } from "./target-name.ts";

const id = "11111111-2222-4333-8444-555555555555";

it("reads the names that it writes", () => {
  expect(parseTarget(busTarget)).toEqual({ kind: "bus" });
  expect(parseTarget(destinationTarget(id))).toEqual({ kind: "destination", id });
  expect(parseTarget(webhookTarget(id))).toEqual({ kind: "webhook", id });
  for (const identity of ["example.com", "a:b@example.com", "Bounce:x", "xn--bcher-kva.example", "line\nbreak"]) {
    for (const type of ["Bounce", "Complaint", "Delivery"] as const) {
      expect(parseTarget(identityTarget(identity, type))).toEqual({ kind: "identity", type, identity });
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
])("takes %j for no target", (text) => {
  expect(parseTarget(text)).toBeUndefined();
});
