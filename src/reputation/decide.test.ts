import type { SendingStatus } from "@aws-sdk/client-sesv2";
import { expect, test } from "vitest";
import type { FindingKind, Impact, ReputationPolicy, TenantReputation } from "../stores/postgres/tenant-reputations.ts";
import { type Decision, setCustomerStatus, setFindings, setPolicy } from "./decide.ts";

const createdAt = new Date("2026-11-23T12:00:00Z");
const at = (minute: number) => new Date(createdAt.getTime() + minute * 60_000);

function tenant(policy: ReputationPolicy = "standard"): TenantReputation {
  const managed = { status: "ENABLED", cause: null, at: createdAt } as const;
  const rest = { createdAt, customer: null, managed, sendingStatus: "ENABLED", findings: [] } as const;
  return { name: "one", id: "tn-1", policy, ...rest };
}

type Step = (before: TenantReputation, now: Date) => Decision;
const finds =
  (...rates: [FindingKind, Impact][]): Step =>
  (before, now) =>
    setFindings(
      before,
      rates.map(([kind, impact]) => ({ kind, impact, rate: 0.5, volume: 100, windowDays: 1, measuredAt: now })),
      now,
    );
const sets =
  (status: SendingStatus): Step =>
  (before, now) =>
    setCustomerStatus(before, status, now);
const policy =
  (name: ReputationPolicy): Step =>
  (before, now) =>
    setPolicy(before, name, now);

/** After each step: the aggregate, the user's status, the server's; and the event: by whom, and of which status. */
function run(start: TenantReputation, ...steps: Step[]): unknown[] {
  let reputation = start;
  return steps.map((step, index) => {
    const decision = step(reputation, at(index));
    reputation = decision.reputation;
    const { sendingStatus, customer, managed } = reputation;
    const { type, by, reinstated } = decision.event ?? {};
    return [
      ...[sendingStatus, customer?.status ?? null, managed.status],
      type && `${type}${reinstated ? " reinstated" : ""} by ${by}`,
    ];
  });
}

test.each<[ReputationPolicy, Impact, SendingStatus]>([
  ["none", "LOW", "ENABLED"],
  ["none", "HIGH", "ENABLED"],
  ["standard", "LOW", "ENABLED"],
  ["standard", "HIGH", "DISABLED"],
  ["strict", "LOW", "DISABLED"],
  ["strict", "HIGH", "DISABLED"],
])("the policy %s makes of a finding of %s impact: %s", (name, impact, status) => {
  for (const kind of ["BOUNCE", "COMPLAINT"] as const) {
    const event = status === "DISABLED" ? "SENDING_PAUSED by server" : undefined;
    expect(run(tenant(name), finds([kind, impact]))).toEqual([[status, null, status, event]]);
  }
});

test("a paused tenant stays so until a user enables it", () => {
  const paused = ["DISABLED", null, "DISABLED", undefined];
  expect(run(tenant(), finds(["BOUNCE", "HIGH"]), finds(["BOUNCE", "LOW"]), finds(), policy("none"))).toEqual([
    ["DISABLED", null, "DISABLED", "SENDING_PAUSED by server"],
    ...[paused, paused, paused],
  ]);
  expect(run(tenant(), finds(["BOUNCE", "HIGH"]), finds(), sets("ENABLED"))[2]).toEqual([
    ...["ENABLED", "ENABLED", "ENABLED"],
    "SENDING_RESUMED by user",
  ]);
});

test.each(["ENABLED", "REINSTATED"] as const)("%s in spite of findings reinstates until they are gone", (asked) => {
  const high = finds(["BOUNCE", "HIGH"]);
  expect(run(tenant(), high, sets(asked), high, finds(["BOUNCE", "LOW"]), high, finds(), high)).toEqual([
    ["DISABLED", null, "DISABLED", "SENDING_PAUSED by server"],
    ["REINSTATED", "REINSTATED", "ENABLED", "SENDING_RESUMED reinstated by user"],
    ["REINSTATED", "REINSTATED", "ENABLED", undefined],
    ["REINSTATED", "REINSTATED", "ENABLED", undefined],
    ["REINSTATED", "REINSTATED", "ENABLED", undefined],
    ["ENABLED", "ENABLED", "ENABLED", "SENDING_RESUMED by server"],
    ["DISABLED", "ENABLED", "DISABLED", "SENDING_PAUSED by server"],
  ]);
});

test("a new or a worse finding pauses a reinstated tenant again", () => {
  const paused = ["DISABLED", "REINSTATED", "DISABLED", "SENDING_PAUSED by server"];
  const before = [finds(["BOUNCE", "HIGH"]), sets("ENABLED")];
  expect(run(tenant(), ...before, finds(["BOUNCE", "HIGH"], ["COMPLAINT", "HIGH"]))[2]).toEqual(paused);
  const low = [finds(["BOUNCE", "LOW"]), sets("ENABLED")];
  expect(run(tenant("strict"), ...low, finds(["BOUNCE", "LOW"]))[2]).toEqual([
    ...["REINSTATED", "REINSTATED", "ENABLED"],
    undefined,
  ]);
  expect(run(tenant("strict"), ...low, finds(["BOUNCE", "HIGH"]))[2]).toEqual(paused);
  // What has ended and comes back is new, although another finding went on.
  expect(
    run(
      tenant("strict"),
      finds(["BOUNCE", "HIGH"], ["COMPLAINT", "LOW"]),
      sets("ENABLED"),
      finds(["COMPLAINT", "LOW"]),
      finds(["BOUNCE", "LOW"], ["COMPLAINT", "LOW"]),
    ).slice(2),
  ).toEqual([["REINSTATED", "REINSTATED", "ENABLED", undefined], paused]);
});

test("the end of a reinstatement says nothing of a tenant that is paused again", () => {
  const steps = [finds(["BOUNCE", "HIGH"]), sets("ENABLED"), finds(["COMPLAINT", "HIGH"]), finds()];
  expect(run(tenant(), ...steps).slice(2)).toEqual([
    ["DISABLED", "REINSTATED", "DISABLED", "SENDING_PAUSED by server"],
    ["DISABLED", "ENABLED", "DISABLED", undefined],
  ]);
});

test("a stricter policy pauses at once for what was already found, unless that is accepted", () => {
  const strict = policy("strict");
  expect(run(tenant("none"), finds(["BOUNCE", "LOW"]), policy("standard"), strict)[2]).toEqual([
    ...["DISABLED", null, "DISABLED"],
    "SENDING_PAUSED by server",
  ]);
  expect(run(tenant("none"), finds(["BOUNCE", "LOW"]), sets("ENABLED"), strict)[2]).toEqual([
    ...["REINSTATED", "REINSTATED", "ENABLED"],
    undefined,
  ]);
});

test("a user's own pause is independent of the server's", () => {
  const steps = [sets("ENABLED"), sets("DISABLED"), sets("DISABLED"), finds(["BOUNCE", "HIGH"]), sets("ENABLED")];
  expect(run(tenant(), ...steps)).toEqual([
    ["ENABLED", "ENABLED", "ENABLED", undefined],
    ["DISABLED", "DISABLED", "ENABLED", "SENDING_PAUSED by user"],
    ["DISABLED", "DISABLED", "ENABLED", undefined],
    ["DISABLED", "DISABLED", "DISABLED", "SENDING_PAUSED by server"],
    ["REINSTATED", "REINSTATED", "ENABLED", "SENDING_RESUMED reinstated by user"],
  ]);
});

test("a reinstatement without findings ends with the next evaluation", () => {
  expect(run(tenant(), sets("REINSTATED"), finds())).toEqual([
    ["REINSTATED", "REINSTATED", "ENABLED", "SENDING_RESUMED reinstated by user"],
    ["ENABLED", "ENABLED", "ENABLED", "SENDING_RESUMED by server"],
  ]);
});

test("what is said of a pause, and since when there is a finding", () => {
  const first = setFindings(
    tenant(),
    [{ kind: "COMPLAINT", impact: "LOW", rate: 0.006, volume: 500, windowDays: 2, measuredAt: at(1) }],
    at(1),
  ).reputation;
  const { reputation, event } = setFindings(
    first,
    [{ kind: "COMPLAINT", impact: "HIGH", rate: 0.02, volume: 600, windowDays: 1, measuredAt: at(2) }],
    at(2),
  );
  const cause =
    "The complaint rate exceeded 1.0% based on a representative volume of 600 emails " +
    "from 2026-11-22T12:02:00.000Z to 2026-11-23T12:02:00.000Z";
  expect(reputation.managed).toEqual({ status: "DISABLED", cause, at: at(2) });
  expect(reputation.findings).toMatchObject([{ since: at(1), measuredAt: at(2), rate: 0.02 }]);
  expect(event).toMatchObject({ type: "SENDING_PAUSED", tenant: "one", cause, at: at(2), by: "server" });
});
