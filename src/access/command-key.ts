/**
 * The key that the server's own commands sign with when they ask a server that runs. It follows from the master key: who
 * has that can read all secrets anyway, and nobody has to be given a key before the first one can be made. It opens the
 * admin API only.
 */

import type { UsableKey } from "./access-keys.ts";
import type { Sealer } from "./sealing/sealer.ts";

/** The key, the same for all who have the master key. */
export function commandKey(sealer: Sealer): UsableKey {
  return {
    id: "MAILGLASSCOMMANDS",
    secretAccessKey: sealer.derive("key of the commands").toString("base64"),
    session: undefined,
  };
}
