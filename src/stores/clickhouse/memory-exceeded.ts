/** ClickHouse's error code for a query that needs more memory than it may take (MEMORY_LIMIT_EXCEEDED). */
const memoryLimitExceeded = "241";

/** Whether a query failed because it needs more memory than one query, or all together, may take. */
export function isMemoryExceeded(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code) === memoryLimitExceeded;
}
