/** What ends the process when an error reaches nobody: a state that nobody knows is worse than a start anew. */
import type { Logger } from "pino";

/** EX_SOFTWARE of sysexits.h: told apart from 1 and 2, by which commands answer. */
export const failureExitCode = 70;

/**
 * From now on an unhandled rejection or an uncaught exception is logged at level fatal, told on standard error in one line
 * for people, and ends the process at once with `failureExitCode`. Nothing is closed in order: what was acknowledged is
 * on the disk, as for a killed process.
 * @param log the log to use at that time, which must write synchronously (a destination of pino's own does)
 */
export function endOnFailure(log: () => Logger): void {
  const end = (event: string, error: unknown) => {
    try {
      log().fatal({ err: error, event }, "an error that nothing handles ends the process");
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      console.error(
        `mailglass: it ended because of an internal error (${message.split("\n")[0]}). What it had acknowledged is kept: start it again, and report this with the fatal line of its log.`,
      );
    } finally {
      process.exit(failureExitCode);
    }
  };
  process.on("unhandledRejection", (reason) => end("unhandledRejection", reason));
  process.on("uncaughtException", (error) => end("uncaughtException", error));
}
