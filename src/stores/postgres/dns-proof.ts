/** The state of the checks of a DNS record: columns that dkim_keys and mail_from_domains share. */
import type { VerificationError } from "@aws-sdk/client-sesv2";

/** SES's names. */
export type ProofStatus = "PENDING" | "SUCCESS" | "FAILED" | "TEMPORARY_FAILURE";

/** The result of the checks so far. */
export interface DnsProof {
  status: ProofStatus;
  /** When the status was set; null until the first check. */
  since: Date | null;
  checkedAt: Date | null;
  succeededAt: Date | null;
  /** What the last check found wrong. */
  error: VerificationError | null;
  /** Null if no further check is planned. */
  nextCheckAt: Date | null;
}

/** The columns of `table` as fields of DnsProof, each name prefixed with `prefix`. */
export function proofColumns(table: string, prefix = ""): string {
  return `${table}.status AS "${prefix}status", ${table}.since AS "${prefix}since",
    ${table}.checked_at AS "${prefix}checkedAt", ${table}.succeeded_at AS "${prefix}succeededAt",
    ${table}.error AS "${prefix}error", ${table}.next_check_at AS "${prefix}nextCheckAt"`;
}

/** Assigns the parameters `$first` and the five that follow to the columns, in the order of `newProofValues`. */
export function proofAssignments(first: number): string {
  const types = ["text", "timestamptz", "timestamptz", "timestamptz", "text", "timestamptz"];
  const columns = ["status", "since", "checked_at", "succeeded_at", "error", "next_check_at"];
  return columns.map((column, index) => `${column} = $${first + index}::${types[index]}`).join(", ");
}

/** The result of a check, to be stored. */
export interface NewProof {
  readonly proof: DnsProof;
  /**
   * When the record had last been checked before this check began: if another check was stored since, this one is dropped,
   * because it may have looked earlier. Undefined to store it in any case.
   */
  readonly unlessCheckedSince: Date | null | undefined;
}

/** The condition of `unlessCheckedSince`; it uses the parameters `$first` and the one that follows. */
export function proofCondition(first: number): string {
  return `($${first}::boolean OR checked_at IS NOT DISTINCT FROM $${first + 1}::timestamptz)`;
}

/** The values for `proofAssignments` and, right after it, `proofCondition`. */
export function newProofValues({ proof, unlessCheckedSince: since }: NewProof): (string | boolean | Date | null)[] {
  return [...proofValues(proof), since === undefined, since ?? null];
}

/** The values for `proofAssignments`. */
function proofValues(proof: DnsProof): (string | Date | null)[] {
  const { status, since, checkedAt, succeededAt, error, nextCheckAt } = proof;
  return [status, since, checkedAt, succeededAt, error, nextCheckAt];
}
