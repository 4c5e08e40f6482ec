import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";

export interface SuppressionServices {
  database: ScopedDatabase;
  accountEvents: PublishingFeed["accountEvents"];
}
