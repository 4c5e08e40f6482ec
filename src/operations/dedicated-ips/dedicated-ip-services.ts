import type { ScopedDatabase } from "../../stores/postgres/database.ts";

export interface DedicatedIpServices {
  readonly database: ScopedDatabase;
}
