/**
 * Notices that the system's clock was set far ahead: a sweep by such a clock would delete everything. A laptop that was
 * suspended looks the same, and nothing is lost by sweeping it an hour later.
 */

/** In milliseconds. Time servers correct less. */
const jumpMs = 30 * 60_000;

/**
 * Creates a function that returns by how many milliseconds the clock went further since the last call than time has
 * passed; 0 if it did not jump ahead.
 * @param monotonic returns milliseconds of a clock that is never set.
 */
export function createClockWatch(clock: () => Date, monotonic: () => number = () => performance.now()): () => number {
  let offset = clock().getTime() - monotonic();
  return () => {
    const before = offset;
    offset = clock().getTime() - monotonic();
    return offset - before > jumpMs ? offset - before : 0;
  };
}
