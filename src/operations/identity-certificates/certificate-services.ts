import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";

/** What the operations of S/MIME certificates depend on. */
export interface CertificateServices {
  database: ScopedDatabase;
  scope: Scope;
  clock: () => Date;
}
