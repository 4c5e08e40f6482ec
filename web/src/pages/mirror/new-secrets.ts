/** Secrets that the server has just shown, until the page is loaded again: it shows each only once. */
import type { ChangedMirrorSource, MirrorSecret } from "../../../../src/admin-api/mirror.ts";

const kept = new Map<string, MirrorSecret>();

export const newSecrets = {
  /** Keeps the secret of a source, if the answer has one. */
  keep({ id, secret, subscriptionUrl }: ChangedMirrorSource): void {
    if (secret !== undefined) kept.set(id, { secret, subscriptionUrl });
  },
  of: (id: string): MirrorSecret | undefined => kept.get(id),
};
