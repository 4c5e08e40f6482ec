/** What the settings of suppression may be set to. */
import type { SuppressionListReason, SuppressionValidationOptions } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";

/** Each reason once, in the order given; undefined where none were given, which is not the same as an empty list. */
export function readReasons(given: readonly SuppressionListReason[] | undefined): SuppressionListReason[] | undefined {
  return given && [...new Set(given)];
}

/**
 * Auto Validation asks SES's knowledge of mailboxes before it sends: there is none here, so to enable it would be a promise
 * that nobody keeps. Throws not implemented where it is enabled.
 */
export function checkValidation(given: SuppressionValidationOptions | undefined): void {
  if (given?.ConditionThreshold?.ConditionThresholdEnabled === "ENABLED") throw errors.notWritten("Auto Validation");
}
