/** Auto Validation: mail to addresses that are not likely enough to be valid is accepted, but not sent. */
import type { SuppressionConfidenceVerdictThreshold } from "@aws-sdk/client-sesv2";
import type { AddressEvaluator, Deliverability } from "../../address-validation/evaluate-address.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { Account } from "../../stores/postgres/account.ts";
import type { ConfigurationSet } from "../../stores/postgres/configuration-sets.ts";

/**
 * The threshold for a message; undefined if Auto Validation is off for it. The options of its configuration set override
 * the account's, also to turn it off. Without a threshold, SES determines the level.
 */
export function validationThreshold(
  account: Pick<Account, "suppressionValidation">,
  set: Pick<ConfigurationSet, "suppressionOptions"> | undefined,
): SuppressionConfidenceVerdictThreshold | undefined {
  const given = set?.suppressionOptions?.ValidationOptions ?? account.suppressionValidation;
  const condition = given?.ConditionThreshold;
  if (condition?.ConditionThresholdEnabled !== "ENABLED") return undefined;
  return condition.OverallConfidenceThreshold?.ConfidenceVerdictThreshold ?? "MANAGED";
}

/** The mailboxes of the recipients that are below the threshold. Addresses of the mailbox simulator never are. */
export async function belowThreshold(
  evaluator: Pick<AddressEvaluator, "deliverability">,
  recipients: readonly { readonly address: Address }[],
  threshold: SuppressionConfidenceVerdictThreshold,
): Promise<ReadonlySet<string>> {
  const real = recipients.filter(({ address }) => !isSimulated(address));
  const found = await Promise.all(
    real.map(async ({ address }) => {
      const rejected = isBelow(await evaluator.deliverability(address), threshold);
      return rejected ? [mailboxOf(address)] : [];
    }),
  );
  return new Set(found.flat());
}

/** MANAGED is the level that harms no valid address: most addresses that were never mailed before are MEDIUM. */
function isBelow({ isValid, complete }: Deliverability, threshold: SuppressionConfidenceVerdictThreshold): boolean {
  if (isValid === "LOW") return true;
  return threshold === "HIGH" && isValid === "MEDIUM" && complete;
}
