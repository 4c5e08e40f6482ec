/** Ends the process when an error is not handled: restarting is safer than continuing in an unknown state. */
import type { Logger } from "pino";
import { failureExitCode } from "../common/failure-exit-code.ts";
import { exitAfterNativeCalls } from "../common/native-calls.ts";

/**
 * From now on, an unhandled rejection or an uncaught exception is logged at level fatal, reported to people in one line
 * on standard error, and ends the process with `failureExitCode`. Nothing is closed in order: acknowledged data
 * is already on disk, as for a killed process.
 * @param log returns the log to use at that time; it must write fatal lines synchronously (pino flushes its destinations then)
 */
export function endOnFailure(log: () => Logger): void {
  let ended = false;
  const end = (event: string, error: unknown) => {
    // What follows from the first error says nothing more.
    if (ended) return;
    ended = true;
    try {
      log().fatal({ err: error, event }, "an error that nothing handles ends the process");
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      console.error(
        `mailglass: it ended because of an internal error (${message.split("\n")[0]}). What it had acknowledged is kept: start it again, and report this with the fatal line of its log.`,
      );
    } finally {
      exitAfterNativeCalls(failureExitCode);
    }
  };
  process.on("unhandledRejection", (reason) => end("unhandledRejection", reason));
  process.on("uncaughtException", (error) => end("uncaughtException", error));
}
