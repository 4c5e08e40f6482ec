import type { Sealer } from "../../access/sealing/sealer.ts";
import type { Proving } from "../../identities/status.ts";
import type { Verifier } from "../../identities/verifier.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { AccountSettings } from "../account/settings.ts";

export interface IdentityServices {
  database: ScopedDatabase;
  settings: AccountSettings;
  sealer: Sealer;
  clock: () => Date;
  /** Whether identities must prove their ownership. */
  proving: Proving;
  /** Checks newly requested proofs; undefined if identities need no proof. */
  verifier: Pick<Verifier, "wake"> | undefined;
}
