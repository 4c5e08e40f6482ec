import type { Sealer } from "../../access/sealing/sealer.ts";
import type { Proving } from "../../identities/status.ts";
import type { Verifier } from "../../identities/verifier.ts";
import type { Database } from "../../stores/postgres/database.ts";
import type { AccountSettings } from "../account/settings.ts";

/** What the operations on identities work with. */
export interface IdentityServices {
  database: Database;
  settings: AccountSettings;
  sealer: Sealer;
  clock: () => Date;
  /** Whether identities must prove that they are their owner's. */
  proving: Proving;
  /** Looks for what was just asked for; undefined where nothing is. */
  verifier: Pick<Verifier, "wake"> | undefined;
}
