/** What is known of a DNS record that is looked for: the columns that dkim_keys and mail_from_domains share. */
import type { VerificationError } from "@aws-sdk/client-sesv2";

/** As SES names it. */
export type ProofStatus = "PENDING" | "SUCCESS" | "FAILED" | "TEMPORARY_FAILURE";

/** What is known of the record. */
export interface DnsProof {
  status: ProofStatus;
  /** When it got its status; null until it was first looked for. */
  since: Date | null;
  checkedAt: Date | null;
  succeededAt: Date | null;
  /** What was wrong when it was last looked for. */
  error: VerificationError | null;
  /** Null where it is not looked for any more. */
  nextCheckAt: Date | null;
}

/** The columns of `table`, each with `prefix` before its name in DnsProof. */
export function proofColumns(table: string, prefix = ""): string {
  return `${table}.status AS "${prefix}status", ${table}.since AS "${prefix}since",
    ${table}.checked_at AS "${prefix}checkedAt", ${table}.succeeded_at AS "${prefix}succeededAt",
    ${table}.error AS "${prefix}error", ${table}.next_check_at AS "${prefix}nextCheckAt"`;
}

/** Sets the columns from the parameters `$first` and the five that follow, in the order of `proofValues`. */
export function proofAssignments(first: number): string {
  const types = ["text", "timestamptz", "timestamptz", "timestamptz", "text", "timestamptz"];
  const columns = ["status", "since", "checked_at", "succeeded_at", "error", "next_check_at"];
  return columns.map((column, index) => `${column} = $${first + index}::${types[index]}`).join(", ");
}

/** The values for `proofAssignments`. */
export function proofValues(proof: DnsProof): (string | Date | null)[] {
  const { status, since, checkedAt, succeededAt, error, nextCheckAt } = proof;
  return [status, since, checkedAt, succeededAt, error, nextCheckAt];
}
