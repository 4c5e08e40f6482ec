/** The current sources: cached for a second, and reloaded at once after changes by this process. */

import { sealContexts } from "../access/sealing/seal-contexts.ts";
import { SealError, type Sealer } from "../access/sealing/sealer.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import type { Database } from "../stores/postgres/database.ts";
import { selectMirrorSources } from "../stores/postgres/mirror-sources.ts";
import { type MirrorSource, sourceOf } from "./mirror-source.ts";

export interface SourceList {
  /** All sources, ordered by name. */
  all(): Promise<readonly MirrorSource[]>;
  /** The source with this ID; undefined if there is none. */
  byId(id: string): Promise<MirrorSource | undefined>;
  /** The secret that a source's sender must present; undefined if there is none, or the master key was lost. */
  secretOf(source: MirrorSource): string | undefined;
  /** Must be called after this process has changed sources. */
  changed(): void;
  /** Calls `listener` after each change by this process. */
  onChange(listener: () => void): void;
}

const lifetime = 1_000;

export function createSourceList(services: {
  database: Database;
  sealer: Sealer;
  steadyClock: () => Date;
}): SourceList {
  const { database, sealer, steadyClock } = services;
  const listeners: (() => void)[] = [];
  const cache = createExpiringCache({
    lifetime,
    capacity: 1,
    clock: steadyClock,
    load: async () => (await selectMirrorSources(database)).map(sourceOf),
  });
  const all = () => cache.get("");
  return {
    all,
    byId: async (id) => (await all()).find((source) => source.id === id),
    secretOf({ id, sealedSecret }) {
      if (sealedSecret === null) return undefined;
      try {
        return sealer.open(sealedSecret, sealContexts.mirrorSecret(id)).toString("utf8");
      } catch (error) {
        if (error instanceof SealError) return undefined;
        throw error;
      }
    },
    changed() {
      cache.clear();
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
