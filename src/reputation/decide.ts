/**
 * What becomes of a tenant's sending status; pure.
 *
 * - The server disables a tenant when it has a finding for which its policy pauses. It does not enable it again by
 *   itself: a paused tenant sends nothing, so its findings would end by time alone.
 * - A user who enables a tenant ends the server's pause and accepts the findings at hand: the tenant is reinstated until
 *   they are gone. A new finding, or one that got worse, pauses it again.
 */
import type { SendingStatus } from "@aws-sdk/client-sesv2";
import type { SendingStatusEvent } from "../publishing/ses-event/render-account-event.ts";
import type {
  Finding,
  Impact,
  ReputationPolicy,
  StatusRecord,
  TenantReputation,
} from "../stores/postgres/tenant-reputations.ts";
import { type FoundRate, findingSentence } from "./find.ts";
import { pausesOn } from "./thresholds.ts";

/** A changed reputation, and the event to publish if a status has changed. */
export interface Decision {
  readonly reputation: TenantReputation;
  readonly event: SendingStatusEvent | undefined;
}

/** SES's words (facts 12). */
const manualCause = "Status manually updated.";
// Our own words.
const reenabledCause = "A user enabled sending again.";
const resolvedCause = "All findings were resolved.";

/** The highest impact of a tenant's findings; undefined without any. */
export function impactOfAll(findings: readonly Finding[]): Impact | undefined {
  if (findings.some(({ impact }) => impact === "HIGH")) return "HIGH";
  return findings.length > 0 ? "LOW" : undefined;
}

/** A user sets the status. */
export function setCustomerStatus(before: TenantReputation, asked: SendingStatus, now: Date): Decision {
  if (asked === "DISABLED") {
    return decided(before, { ...before, customer: { status: asked, cause: manualCause, at: now } }, "user");
  }
  const findings = before.findings.map((finding) => ({ ...finding, acceptedImpact: finding.impact }));
  const status = findings.length > 0 ? "REINSTATED" : asked;
  const managed: TenantReputation["managed"] =
    before.managed.status === "ENABLED" ? before.managed : { status: "ENABLED", cause: reenabledCause, at: now };
  const customer: StatusRecord = { status, cause: manualCause, at: now };
  return decided(before, { ...before, customer, managed, findings }, "user");
}

/** A user sets the policy: a stricter one may pause the tenant at once, a milder one does not enable it. */
export function setPolicy(before: TenantReputation, policy: ReputationPolicy, now: Date): Decision {
  return decided(before, judged({ ...before, policy }, now), "server");
}

/** The rates that are too high were measured. */
export function setFindings(before: TenantReputation, found: readonly FoundRate[], now: Date): Decision {
  const findings = found.map((rate): Finding => {
    const earlier = before.findings.find(({ kind }) => kind === rate.kind);
    return { ...rate, since: earlier?.since ?? now, acceptedImpact: earlier?.acceptedImpact ?? null };
  });
  return decided(before, judged({ ...before, findings }, now), "server");
}

/** Decides by the policy and the findings. */
function judged(reputation: TenantReputation, now: Date): TenantReputation {
  const { policy, findings, managed, customer } = reputation;
  const reasons = findings.filter(
    ({ impact, acceptedImpact }) =>
      pausesOn[policy].includes(impact) && acceptedImpact !== "HIGH" && acceptedImpact !== impact,
  );
  const [reason] = [...reasons.filter(({ impact }) => impact === "HIGH"), ...reasons];
  if (reason && managed.status === "ENABLED") {
    return { ...reputation, managed: { status: "DISABLED", cause: findingSentence(reason), at: now } };
  }
  if (findings.length === 0 && customer?.status === "REINSTATED") {
    return { ...reputation, customer: { status: "ENABLED", cause: resolvedCause, at: now } };
  }
  return reputation;
}

function decided(before: TenantReputation, after: TenantReputation, by: SendingStatusEvent["by"]): Decision {
  const reputation = { ...after, sendingStatus: aggregateOf(after) };
  return { reputation, event: eventOf(before, reputation, by) };
}

function aggregateOf({ customer, managed }: TenantReputation): SendingStatus {
  if (managed.status === "DISABLED" || customer?.status === "DISABLED") return "DISABLED";
  return customer?.status ?? "ENABLED";
}

/** Whoever gets the event reads whether the tenant sends, so none says so while the other status keeps it from that. */
function eventOf(
  before: TenantReputation,
  { name, customer, managed, sendingStatus }: TenantReputation,
  by: SendingStatusEvent["by"],
): SendingStatusEvent | undefined {
  const customerChanged = (customer?.status ?? "ENABLED") !== (before.customer?.status ?? "ENABLED");
  const managedChanged = managed.status !== before.managed.status;
  const record = customer && (customerChanged || by === "user") ? customer : managed;
  if (!customerChanged && !managedChanged) return undefined;
  if (record.status !== "DISABLED" && sendingStatus === "DISABLED") return undefined;
  return {
    type: record.status === "DISABLED" ? "SENDING_PAUSED" : "SENDING_RESUMED",
    at: record.at,
    cause: record.cause ?? "",
    by,
    reinstated: record.status === "REINSTATED",
    tenant: name,
  };
}
