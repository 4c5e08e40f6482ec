/** Keys that the installation makes for itself once and keeps, such as the one that signs download URLs. */
import { randomBytes } from "node:crypto";
import type { Queryable } from "./database.ts";

/** The key of this name: 32 random bytes, made at the first call, the same for all processes ever after. */
export async function ownSecret(database: Queryable, name: string): Promise<Uint8Array> {
  await database.query("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", [
    name,
    randomBytes(32),
  ]);
  const [row] = await database.query<{ value: Uint8Array }>("SELECT value FROM secrets WHERE name = $1", [name]);
  if (!row) throw new Error(`the secret ${name} vanished while it was read`);
  return row.value;
}
