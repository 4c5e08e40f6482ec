import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { createSealer } from "../access/sealing/sealer.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  countSetAside,
  deleteAllSetAside,
  deleteSetAside,
  insertSetAside,
} from "../stores/postgres/mirror-set-aside.ts";
import { noteAtMirrorSource } from "../stores/postgres/mirror-sources.ts";
import { createIngest } from "./ingest.ts";
import {
  changeSource,
  createSource,
  findSource,
  type ManageSourceServices,
  removeSource,
  rotateSourceSecret,
} from "./manage-sources.ts";
import type { Reading, RecordReader } from "./read-records.ts";
import { listSetAside, replaySetAside } from "./set-aside.ts";
import { createSourceList, type SourceList } from "./source-list.ts";

const at = new Date("2026-11-24T09:00:00.000Z");
const clock = () => at;
const unread = (text: string) => ({ text, reason: `${text} is not read` });

describe.each(databases)("sources on $name", ({ open }) => {
  let database: Database;
  let sources: SourceList;
  let services: ManageSourceServices;
  let created: string[];

  beforeAll(async () => {
    database = await open();
    const sealer = createSealer(new Uint8Array(32));
    sources = createSourceList({ database, sealer, steadyClock: clock });
    services = {
      ...{ database, sealer, sources, clock, serves: () => true, queueEndpoint: () => undefined },
      accounts: {
        list: async () => created.map((id) => ({ id, name: "", regions: [], createdAt: at })),
        async create({ id = "", name }) {
          created.push(id);
          return { id, name, regions: [], createdAt: at };
        },
      },
    };
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    created = ["000000000000"];
    await database.query("DELETE FROM mirror_sources");
    sources.changed();
  });

  const input = { name: "prod", kind: "firehose", accounts: ["111122223333", "000000000000"], region: "eu-west-1" };
  const secretOf = async (id: string) => {
    const source = await sources.byId(id);
    return source && sources.secretOf(source);
  };

  it("are created, changed and deleted; new secrets apply at once", async () => {
    const { source, secret } = await createSource(services, input);
    expect(created).toEqual(["000000000000", "111122223333"]);
    expect(await secretOf(source.id)).toBe(secret);
    const rotated = await rotateSourceSecret(services, source.id);
    expect(await secretOf(source.id)).toBe(rotated.secret);
    const change = { silenceSeconds: 90, suppresses: true, enabled: false, accounts: ["444455556666"] };
    expect((await changeSource(services, source.id, change)).source).toMatchObject(change);
    expect(created).toContain("444455556666");
    await noteAtMirrorSource(database, source.id, { receivedAt: at, error: { text: "it failed", at }, waiting: 7 });
    const noted = { receivedAt: at, error: "it failed", errorAt: at, waiting: 7, confirmedAt: null };
    expect(await findSource(services, source.id)).toMatchObject(noted);
    await expect(createSource(services, input)).rejects.toThrow("already a source");
    await removeSource(services, source.id);
    expect(await sources.byId(source.id)).toBeUndefined();
    await expect(findSource(services, source.id)).rejects.toThrow("no source with this id");
  });

  it("read set-aside records again, one by one", async () => {
    const { source } = await createSource(services, input);
    const recorded: Reading[] = [];
    const ingest = createIngest({
      ...{ database, clock },
      outbox: {
        record: async () => {},
        submit: () => Promise.reject(new Error("not asked for in this test")),
        settle: () => Promise.reject(new Error("not asked for in this test")),
        idle: async () => {},
      },
      prefixes: { all: async () => [], add: async () => {} },
      reader: { read: () => Promise.reject(new Error("not asked for in this test")) },
      arrivals: { saw: () => {}, note: () => {}, stop: async () => {} },
    });
    const texts = Array.from({ length: 40 }, (_, index) => `record ${index}`);
    await ingest.setAside(source, texts.map(unread));
    await ingest.setAside(source, [unread("record 1")]);
    const rows = await listSetAside(database, source.id, { after: 0, limit: 100 });
    expect(rows.map(({ text, times }) => [text, times]).sort()).toEqual(
      texts.map((text) => [text, text === "record 1" ? 2 : 1]).sort(),
    );
    expect(await countSetAside(database)).toEqual(new Map([[source.id, 40]]));

    // Every fourth record is readable now; "record 0" only in part.
    const seen = { scope: 1, configurationSet: "", type: "SEND", at } as const;
    const reader: Pick<RecordReader, "read"> = {
      async read(_source, [bytes = new Uint8Array()]) {
        const text = Buffer.from(bytes).toString();
        const isRead = text.startsWith("record ") && Number(text.slice(7)) % 4 === 0;
        const setAside = text === "record 0" ? [unread("0")] : isRead ? [] : [unread(text)];
        return { events: [], seen: isRead ? [seen] : [], setAside, validations: isRead ? 1 : 0, metrics: 0 };
      },
    };
    const record: typeof ingest.record = async (of, reading) => {
      recorded.push(reading);
      await ingest.record(of, reading);
    };
    const replayed = await replaySetAside({ database, reader, ingest: { record } }, source, 0);
    // The rest of "record 0" becomes a record of its own.
    expect(replayed).toEqual({ read: 10, events: 10, left: 31, next: undefined });
    expect(recorded).toHaveLength(10);
    const left = await listSetAside(database, source.id, { after: 0, limit: 100 });
    const expected = ["0", ...texts.filter((_, index) => index % 4 !== 0)];
    expect(left.map(({ text }) => text).sort()).toEqual(expected.sort());

    await deleteSetAside(database, source.id, [left[0]?.id ?? 0]);
    expect(await countSetAside(database)).toEqual(new Map([[source.id, 30]]));
    await insertSetAside(
      database,
      source.id,
      [{ digest: Buffer.of(1), reason: "one too many", payload: Buffer.of(1) }],
      { now: at, limit: 30 },
    );
    expect((await findSource(services, source.id)).dropped).toBe(1);
    await deleteAllSetAside(database, source.id);
    expect(await countSetAside(database)).toEqual(new Map());
  });
});
