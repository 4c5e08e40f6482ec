/** PostgreSQL's own words when it can't start on a folder, or stops for good, and what to do about it. */

/** PostgreSQL in this process can't start, or has stopped. The message is for people and says what to do. */
export class EngineFailure extends Error {
  override name = "EngineFailure";

  /** @param report PostgreSQL's own words; @param started whether it had started on the folder */
  constructor(folder: string, report: string, started: boolean, options?: ErrorOptions) {
    const what = started ? "PostgreSQL (PGlite) has stopped" : `PostgreSQL (PGlite) can't start on ${folder}`;
    super(`${what}: ${report}. ${adviceFor(folder, report, started)}`, options);
  }
}

/** Told of a failure after the start. It ends the process, so it does not return. */
export type EngineFailed = (failure: EngineFailure) => never;

/**
 * The reason in lines of PostgreSQL's log: its last FATAL or PANIC, and the detail that follows; undefined if there is
 * none.
 */
export function readReport(lines: readonly string[]): string | undefined {
  const at = lines.findLastIndex((line) => /\b(FATAL|PANIC): {2}/.test(line));
  const [line, next = ""] = lines.slice(at === -1 ? lines.length : at);
  if (line === undefined) return undefined;
  const detail = /\bDETAIL: {2}(.*)$/.exec(next)?.[1];
  const reason = line.replace(/^.*\b(FATAL|PANIC): {2}/, "");
  return detail === undefined ? reason : `${reason} (${detail.replace(/\.$/, "")})`;
}

function adviceFor(folder: string, report: string, started: boolean): string {
  if (/No space left on device|Disk quota exceeded/.test(report)) {
    return `Free space for ${folder}, then start again: everything acknowledged is kept.`;
  }
  if (/Permission denied|Read-only file system/.test(report)) {
    return `Let the user of this process write to ${folder}, then start again.`;
  }
  if (started) return "Start again: everything acknowledged is kept.";
  return "Its files are damaged or some are missing: replace the data folder with a backup, all of it, so that its stores fit together.";
}
