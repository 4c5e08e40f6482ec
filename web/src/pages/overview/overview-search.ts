import type { OverviewDimension } from "../../../../src/admin-api/overview.ts";
import type { RangeName } from "./period-choice.ts";

/** What the overview shows: a period that ends now, or from an instant to another; a week unless given. */
export interface OverviewSearch {
  range?: RangeName | undefined;
  from?: string | undefined;
  to?: string | undefined;
  by?: OverviewDimension | undefined;
  /** Only mail that was sent for this tenant. */
  tenant?: string | undefined;
}
