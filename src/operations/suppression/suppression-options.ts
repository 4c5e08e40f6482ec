/** Reads suppression options. */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";

/** Distinct reasons, in the order given; undefined if omitted, which differs from an empty list. */
export function readReasons(given: readonly SuppressionListReason[] | undefined): SuppressionListReason[] | undefined {
  return given && [...new Set(given)];
}
