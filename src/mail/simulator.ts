/** SES's mailbox simulator: addresses that force an outcome, with or without a label (`bounce+label@`). */
import type { Address } from "./address.ts";

/** What becomes of a message to the simulator, beyond its being sent. */
export type SimulatedOutcome = SimulatedDelivery | SimulatedBounce | SimulatedComplaint;

/** The simulator took the message. */
export interface SimulatedDelivery {
  readonly type: "DELIVERY";
  readonly smtpResponse: string;
}

/** It refused the message, or answered it as somebody out of office. */
export interface SimulatedBounce {
  readonly type: "BOUNCE";
  readonly bounceType: "Permanent" | "Transient";
  readonly bounceSubType: "General";
  /** These three only where the simulator sends a delivery status. */
  readonly action?: "failed";
  readonly status?: string;
  readonly diagnosticCode?: string;
}

/** The recipient complained. */
export interface SimulatedComplaint {
  readonly type: "COMPLAINT";
  readonly complaintFeedbackType: "abuse";
  readonly userAgent: "Amazon SES Mailbox Simulator";
}

const simulatorDomain = "simulator.amazonses.com";

const delivery: SimulatedDelivery = { type: "DELIVERY", smtpResponse: "250 Ok" };

const refusal = (reason: string): SimulatedBounce => ({
  type: "BOUNCE",
  bounceType: "Permanent",
  bounceSubType: "General",
  action: "failed",
  status: "5.1.1",
  diagnosticCode: `smtp; 550 5.1.1 ${reason}`,
});

/** As seen in real events. */
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

/** Whether the address is the simulator's: such mail stays out of quotas, metrics and insights. */
export function isSimulated(recipient: Address): boolean {
  return recipient.domain === simulatorDomain;
}

/** The same of an address as text. */
export function isSimulatedAddress(address: string): boolean {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase() === simulatorDomain;
}

/**
 * What follows, in order, when a message is sent to the simulator; undefined where the address is not the simulator's.
 * An address there that SES does not document bounces as any unknown user.
 */
export function simulatedOutcomes(recipient: Address): readonly SimulatedOutcome[] | undefined {
  if (!isSimulated(recipient)) return undefined;
  const name = recipient.localPart.replace(/\+.*$/s, "").toLowerCase();
  const outcome = outcomes.get(name);
  return outcome?.(recipient.address) ?? [refusal(`User unknown <${recipient.address}>`)];
}
