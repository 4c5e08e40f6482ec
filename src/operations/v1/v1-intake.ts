import type { Intake } from "../sending/send-email.ts";

/** SES v1's quota for a message: 10 MB. */
const maxBytes = 10 * 1024 * 1024;

/** A message that an operation of v1 sends. */
export function v1Intake(operation: Intake["operation"]): Intake {
  return { operation, maxBytes };
}
