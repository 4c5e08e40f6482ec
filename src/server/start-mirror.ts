/** The mirror: events of real SES accounts on their way in. */
import { createArrivals } from "../mirror/arrivals.ts";
import { createIngest, type Ingest } from "../mirror/ingest.ts";
import { createRecordReader, type RecordReader } from "../mirror/read-records.ts";
import { createSourceList, type SourceList } from "../mirror/source-list.ts";
import { createTracked, type Tracked } from "../mirror/tracked-mail.ts";
import { selectMirrorTypes } from "../stores/postgres/mirror-types.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";

export interface MirrorRole extends ServerServices {
  events: Pick<Events, "outbox" | "prefixes">;
}

/** What other roles use of the mirror. */
export interface Mirror {
  readonly sources: SourceList;
  readonly ingest: Ingest;
  readonly reader: RecordReader;
}

/** Opens it; `closers` stops it. */
export async function openMirror(
  { stores, scopes, events, clock, steadyClock, log }: MirrorRole,
  closers: Closers,
): Promise<Mirror> {
  const { database, sealer } = stores;
  const sources = createSourceList({ database, sealer, steadyClock });
  const arrivals = createArrivals({ database, clock, log });
  closers.add(() => arrivals.stop());
  const tracked = await knownTracked(database);
  const reader = createRecordReader({ scopes, tracked });
  const ingest = createIngest({ database, ...events, reader, arrivals, clock });
  return { sources, ingest, reader };
}

async function knownTracked(database: ServerServices["stores"]["database"]): Promise<Tracked> {
  const tracked = createTracked();
  for (const { scope, configurationSet, type } of await selectMirrorTypes(database)) {
    tracked.saw(scope, configurationSet, type);
  }
  return tracked;
}
