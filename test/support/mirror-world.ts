/** The services that the mirror's intakes need besides their transport, with a test's stores. */
import { randomUUID } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { openScopes } from "../../src/accounts/scopes.ts";
import { createMessageIdPrefixes } from "../../src/events/message-id-prefixes.ts";
import { createOutbox } from "../../src/events/outbox.ts";
import { decodeEvents } from "../../src/events/record.ts";
import { createArrivals } from "../../src/mirror/arrivals.ts";
import { createIngest } from "../../src/mirror/ingest.ts";
import type { MirrorSource } from "../../src/mirror/mirror-source.ts";
import { createRecordReader } from "../../src/mirror/read-records.ts";
import { encodeSourceSettings, type SettingsOf, type SourceKind } from "../../src/mirror/source-settings.ts";
import { createTracked } from "../../src/mirror/tracked-mail.ts";
import type { EventRow } from "../../src/stores/clickhouse/events.ts";
import type { Database } from "../../src/stores/postgres/database.ts";
import { selectSetAside } from "../../src/stores/postgres/mirror-set-aside.ts";
import { insertMirrorSource, selectMirrorSource } from "../../src/stores/postgres/mirror-sources.ts";
import { noObjects } from "./no-objects.ts";
import { addScope } from "./other-scopes.ts";
import { suppressNothing } from "./suppression-rules.ts";
import { sendingAccount, sendingRegion } from "./typical-ses-events.ts";

export type MirrorWorld = Awaited<ReturnType<typeof openMirrorWorld>>;

/** Creates the services with a database that can be made to fail, and the scope of the typical events. */
export async function openMirrorWorld(own: Database) {
  let failure: Error | undefined;
  const guarded = async <Output>(call: () => Promise<Output>) => {
    if (failure) throw failure;
    return call();
  };
  const database: Database = {
    ...own,
    query: (text, parameters) => guarded(() => own.query(text, parameters)),
    run: (text, parameters) => guarded(() => own.run(text, parameters)),
    texts: (text, parameters) => guarded(() => own.texts(text, parameters)),
    transaction: (work) => guarded(() => own.transaction(work)),
  };
  const clock = () => new Date();
  const logged: { message: string; details: object }[] = [];
  const add = (details: object, message: string) => void logged.push({ details, message });
  const log = { info: add, error: add };
  await addScope(own, sendingAccount, sendingRegion);
  const scopes = await openScopes(own, { accountId: "000000000000", region: "us-east-1" });
  const outbox = createOutbox({
    ...{ database, objects: noObjects, clock, suppressionRules: suppressNothing },
    interest: async () => undefined,
    committed: () => {},
  });
  const prefixes = createMessageIdPrefixes(database, clock);
  const arrivals = createArrivals({ database, clock, log });
  const reader = createRecordReader({ scopes, tracked: createTracked() });
  const ingest = createIngest({ database, outbox, prefixes, reader, arrivals, clock });

  return {
    ...{ database, outbox, prefixes, arrivals, reader, ingest, clock, log, logged },
    /** Makes all statements fail with the error until called without one. */
    fail(error?: Error) {
      failure = error;
    },
    /** Adds a source for the account of the typical events. */
    async source<Kind extends SourceKind>(
      settings: SettingsOf<Kind>,
      choices: { suppresses?: boolean } = {},
    ): Promise<MirrorSource<SettingsOf<Kind>>> {
      const id = randomUUID();
      await insertMirrorSource(
        own,
        {
          ...{ id, name: `source ${id}`, kind: settings.kind, enabled: true, region: sendingRegion },
          accounts: [sendingAccount],
          settings: encodeSourceSettings(settings),
          suppresses: choices.suppresses ?? false,
          ...{ silenceSeconds: null, sealedSecret: null, createdAt: clock() },
        },
        100,
      );
      const { kind: _, ...row } = await stored(id);
      return { ...row, settings };
    },
    stored,
    /** The rows of the events in the outbox. */
    async committed(): Promise<EventRow[]> {
      const rows = await own.query<{ payload: Uint8Array }>("SELECT payload FROM outbox ORDER BY id");
      return rows.flatMap(({ payload }) => decodeEvents(zstdDecompressSync(payload).toString()));
    },
    /** The set-aside texts, with reasons. */
    async setAside(id: string): Promise<{ text: string; reason: string }[]> {
      const rows = await selectSetAside(own, id, { after: 0, limit: 1_000 });
      return rows.map(({ payload, reason }) => ({ text: zstdDecompressSync(payload).toString(), reason }));
    },
    close: () => arrivals.stop(),
  };

  async function stored(id: string) {
    const row = await selectMirrorSource(own, id);
    if (!row) throw new Error("the source is gone");
    return row;
  }
}
