/** The statuses of verifications as v1 names them. */
import type { VerificationStatus } from "@aws-sdk/client-ses";
import type { ProofStatus } from "../../stores/postgres/dns-proof.ts";

/** v1's name for each of v2's. */
export const v1Statuses = {
  SUCCESS: "Success",
  PENDING: "Pending",
  FAILED: "Failed",
  TEMPORARY_FAILURE: "TemporaryFailure",
  NOT_STARTED: "NotStarted",
} as const satisfies Readonly<Record<ProofStatus | "NOT_STARTED", VerificationStatus>>;
