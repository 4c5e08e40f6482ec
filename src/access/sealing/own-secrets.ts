/**
 * Keys that an installation generates for itself once, such as the one that signs download URLs. They are stored sealed.
 */
import { randomBytes } from "node:crypto";
import type { Queryable } from "../../stores/postgres/database.ts";
import { insertSecret, type StoredSecret, selectSecret } from "../../stores/postgres/secrets.ts";
import { sealContexts } from "./seal-contexts.ts";
import type { Sealer } from "./sealer.ts";

/**
 * The key with this name: generated at the first call and shared by all processes. Rejects with a `SealError` if it was
 * sealed under another master key.
 * @param generate makes the key; 32 random bytes by default. If several processes generate one, the first one wins.
 */
export async function ownSecret(
  { database, sealer }: { database: Queryable; sealer: Sealer },
  name: string,
  generate: () => Uint8Array | Promise<Uint8Array> = () => randomBytes(32),
): Promise<Uint8Array> {
  const known = await selectSecret(database, name);
  if (known) return openSecret(sealer, known);
  await insertSecret(database, name, sealer.seal(await generate(), sealContexts.secret(name)));
  const stored = await selectSecret(database, name);
  if (!stored) throw new Error(`the secret ${name} was deleted while it was being read`);
  return openSecret(sealer, stored);
}

/** A process of an earlier version may have added a plain value since this one started. */
function openSecret(sealer: Sealer, { name, value, sealed }: StoredSecret): Uint8Array {
  return sealed ? sealer.open(value, sealContexts.secret(name)) : value;
}
