/** The one interface to ClickHouse, whether it runs in this process (chDB) or is a server. */
import type { ClickHouseClient } from "@clickhouse/client";

/** An open event database with all migrations applied. */
export interface EventDatabase {
  readonly kind: "embedded" | "server";
  /** For inserts and for queries that answer at once. Safe to share. */
  readonly client: ClickHouseClient;
  /**
   * A client for one long streamed query. chDB breaks a streamed query when another runs on the same session,
   * so each gets its own. The caller closes it.
   */
  openSession(): Promise<ClickHouseClient>;
  close(): Promise<void>;
}
