/**
 * The key with which the server's own commands sign requests to a running server. It is derived from the master key,
 * whose holder can read all secrets anyway, so creating the first access key requires no other key. It is valid for the
 * admin API only.
 */

import type { SigningKey } from "./authenticator.ts";
import type { Sealer } from "./sealing/sealer.ts";

/** The key; the same for every holder of the master key. It belongs to no account. */
export function commandKey(sealer: Sealer): SigningKey {
  return {
    id: "MAILGLASSCOMMANDS",
    secretAccessKey: sealer.derive("key of the commands").toString("base64"),
    session: undefined,
  };
}
