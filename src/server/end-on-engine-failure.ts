/** Ends the process when the embedded PostgreSQL stops for good: nothing can be committed any more. */
import type { FastifyBaseLogger } from "fastify";
import { failureExitCode } from "../common/failure-exit-code.ts";
import type { EngineFailed } from "../stores/postgres/embedded-failure.ts";

/**
 * Logs the failure at level fatal, reports it in one line on standard error and exits with `failureExitCode`. Nothing is
 * closed in order: as after a kill, the next start recovers.
 * @param log must write fatal lines synchronously (pino flushes its destinations then)
 */
export function endOnEngineFailure(log: FastifyBaseLogger): EngineFailed {
  return (failure) => {
    try {
      log.fatal({ err: failure }, "the embedded PostgreSQL has stopped; the process ends");
      console.error(`mailglass: ${failure.message}`);
    } finally {
      process.exit(failureExitCode);
    }
  };
}
