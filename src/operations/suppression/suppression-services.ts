import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { Database } from "../../stores/postgres/database.ts";

export interface SuppressionServices {
  database: Database;
  accountEvents: PublishingFeed["accountEvents"];
}
