/** Reads suppression options. */
import type { SuppressionListReason, SuppressionValidationOptions } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";

/** Distinct reasons, in the order given; undefined if omitted, which differs from an empty list. */
export function readReasons(given: readonly SuppressionListReason[] | undefined): SuppressionListReason[] | undefined {
  return given && [...new Set(given)];
}

/** Refuses Auto Validation, which requires SES's knowledge of mailboxes. Throws "not implemented" if it is enabled. */
export function checkValidation(given: SuppressionValidationOptions | undefined): void {
  if (given?.ConditionThreshold?.ConditionThresholdEnabled === "ENABLED") throw errors.notWritten("Auto Validation");
}
