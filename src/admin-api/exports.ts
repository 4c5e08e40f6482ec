/** POST /admin/exports/count: the body is a MessageInsightsDataSource of the SES API. */
import type { Fresh } from "./answers.ts";

/** The number of messages an export would find. */
export interface ExportCount extends Fresh {
  count: number;
  /** The file's maximum number of rows, from the request or the settings; more are sampled randomly. Absent: none. */
  limit?: number;
}
