/** Job IDs: UUIDs, in either case. */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a string has the format of a job ID. */
export function isJobId(text: string | undefined): text is string {
  return text !== undefined && uuid.test(text);
}
