import { describe, expect, it } from "vitest";
import type { TargetStatus } from "../../stores/postgres/publication-targets.ts";
import type { ListedTarget } from "../target-list.ts";
import { failingWebhooks } from "./failing-since.ts";

const day = (date: number) => new Date(Date.UTC(2026, 10, date));
const named = (target: string, description: ListedTarget["description"]): ListedTarget => ({
  target,
  description,
  enabled: true,
  obstacle: undefined,
});
const destination = {
  kind: "eventDestination",
  configurationSet: "set",
  eventDestination: "a",
  service: "SNS",
} as const;
const identity = { kind: "identity", identity: "a.test", notificationType: "Bounce", arn: "arn" } as const;

const targets = [
  named("own", { kind: "webhook", id: "id", name: "hook", url: "https://a.example/" }),
  named("destination", { ...destination, webhook: "hook" }),
  named("identity", { ...identity, webhook: "hook" }),
  named("elsewhere", destination),
  named("bus", { kind: "eventBus", arn: "arn" }),
];

function since(statuses: Readonly<Record<string, Partial<TargetStatus>>>): Record<string, Date> {
  const none = { delivered: 0, discarded: 0, lastDeliveredAt: null, failingSince: null } as const;
  const full = Object.entries(statuses).map(([target, status]): [string, TargetStatus] => [
    target,
    { target, ...none, lastFailedAt: null, lastError: null, ...status },
  ]);
  return Object.fromEntries(failingWebhooks(targets, new Map(full)));
}

describe("webhooks that fail", () => {
  it.each(["own", "destination", "identity"])("are found by the events that come through: %s", (target) => {
    expect(since({ [target]: { failingSince: day(5), lastDeliveredAt: day(4) } })).toEqual({ hook: day(5) });
  });

  it("have failed since their first failure, but not before anything was last delivered", () => {
    const failing = { own: { failingSince: day(5) }, destination: { failingSince: day(3) } };
    expect(since(failing)).toEqual({ hook: day(3) });
    expect(since({ ...failing, identity: { lastDeliveredAt: day(4) } })).toEqual({ hook: day(4) });
  });

  it("are none that deliver, or without events, and no other targets", () => {
    expect(since({})).toEqual({});
    expect(since({ own: { lastDeliveredAt: day(1) }, elsewhere: { failingSince: day(1) } })).toEqual({});
    expect(since({ bus: { failingSince: day(1) } })).toEqual({});
  });
});
