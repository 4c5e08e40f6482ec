/** POST /admin/exports/count: a MessageInsightsDataSource of SES's API as its body. */
import type { Fresh } from "./answers.ts";

/** How many messages an export would find. */
export interface ExportCount extends Fresh {
  count: number;
  /** The most rows its file may have, by the request or the settings; a random sample where there are more. Absent: no limit. */
  limit?: number;
}
