/** The ids of jobs: UUIDs, in either case. */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be a job's id at all. */
export function isJobId(text: string | undefined): text is string {
  return text !== undefined && uuid.test(text);
}
