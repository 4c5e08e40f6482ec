/** SES's mailbox simulator: addresses that force an outcome, with or without a label (`bounce+label@`). */
import type { Address } from "./address.ts";

/** An event that follows the Send event of a message to the simulator. */
export type SimulatedOutcome = SimulatedDelivery | SimulatedBounce | SimulatedComplaint;

/** The simulator accepted the message. */
export interface SimulatedDelivery {
  readonly type: "DELIVERY";
  readonly smtpResponse: string;
}

/** It rejected the message, or sent an out-of-office reply. */
export interface SimulatedBounce {
  readonly type: "BOUNCE";
  readonly bounceType: "Permanent" | "Transient";
  readonly bounceSubType: "General";
  /** This and the next two fields are set only if the simulator sends a delivery status. */
  readonly action?: "failed";
  readonly status?: string;
  readonly diagnosticCode?: string;
}

export interface SimulatedComplaint {
  readonly type: "COMPLAINT";
  readonly complaintFeedbackType: "abuse";
  readonly userAgent: "Amazon SES Mailbox Simulator";
}

export const simulatorDomain = "simulator.amazonses.com";

const delivery: SimulatedDelivery = { type: "DELIVERY", smtpResponse: "250 Ok" };

const refusal = (reason: string): SimulatedBounce => ({
  type: "BOUNCE",
  bounceType: "Permanent",
  bounceSubType: "General",
  action: "failed",
  status: "5.1.1",
  diagnosticCode: `smtp; 550 5.1.1 ${reason}`,
});

/** As observed in real SES events. */
const outcomes = new Map<string, (address: string) => readonly SimulatedOutcome[]>([
  ["success", () => [delivery]],
  ["bounce", (address) => [refusal(`As requested: user unknown <${address}>`)]],
  [
    "complaint",
    () => [delivery, { type: "COMPLAINT", complaintFeedbackType: "abuse", userAgent: "Amazon SES Mailbox Simulator" }],
  ],
  ["ooto", () => [delivery, { type: "BOUNCE", bounceType: "Transient", bounceSubType: "General" }]],
  ["suppressionlist", (address) => [refusal(`As requested: user unknown (suppressed address: ${address})`)]],
]);

/** Whether the address is the simulator's. Such mail is excluded from quotas, metrics and insights. */
export function isSimulated(recipient: Address): boolean {
  return recipient.domain === simulatorDomain;
}

/** Like `isSimulated`, for an address as text. */
export function isSimulatedAddress(address: string): boolean {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase() === simulatorDomain;
}

/**
 * The outcomes, in order, of a message to the simulator; undefined if the address is not the simulator's.
 * Addresses that SES doesn't document bounce as unknown users.
 */
export function simulatedOutcomes(recipient: Address): readonly SimulatedOutcome[] | undefined {
  if (!isSimulated(recipient)) return undefined;
  const name = recipient.localPart.replace(/\+.*$/s, "").toLowerCase();
  const outcome = outcomes.get(name);
  return outcome?.(recipient.address) ?? [refusal(`User unknown <${recipient.address}>`)];
}
