/** A log that the test can read. */
import { Writable } from "node:stream";
import { type Level, type Logger, pino } from "pino";

/** Logs from `level` on; `logged` grows by a line of JSON each. */
export function recordingLog(level: Level): { log: Logger; logged: readonly string[] } {
  const logged: string[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  return { log: pino({ level }, lines), logged };
}
