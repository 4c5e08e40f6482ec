/** How many runs a property gets where `full` is what CI does: a tenth of it elsewhere, so that a test is quick to repeat. */
export function runs(full: number): number {
  return process.env.CI === "true" ? full : Math.max(1, Math.ceil(full / 10));
}
