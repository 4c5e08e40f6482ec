/** Keys that an installation generates for itself once, such as the one that signs download URLs. */
import { randomBytes } from "node:crypto";
import type { Queryable } from "./database.ts";

/** The key with this name: 32 random bytes, generated at the first call and shared by all processes. */
export async function ownSecret(database: Queryable, name: string): Promise<Uint8Array> {
  await database.query("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", [
    name,
    randomBytes(32),
  ]);
  const [row] = await database.query<{ value: Uint8Array }>("SELECT value FROM secrets WHERE name = $1", [name]);
  if (!row) throw new Error(`the secret ${name} was deleted while it was being read`);
  return row.value;
}
