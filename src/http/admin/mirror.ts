/** The admin API of the mirror's sources. See `docs/mirror.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type {
  ChangedMirrorSource,
  MirrorReplay,
  MirrorSecret,
  MirrorSetAside,
  MirrorSetAsidePage,
  MirrorSourceList,
  MirrorSource as Shown,
} from "../../admin-api/mirror.ts";
import type { Ingest } from "../../mirror/ingest.ts";
import { bad, membersOf } from "../../mirror/input-members.ts";
import {
  changeSource,
  createSource,
  findSource,
  type Managed,
  type ManageSourceServices,
  removeSource,
  rotateSourceSecret,
} from "../../mirror/manage-sources.ts";
import { type MirrorSource, sourceOf } from "../../mirror/mirror-source.ts";
import type { RecordReader } from "../../mirror/read-records.ts";
import { listSetAside, replaySetAside, type SetAsideRecord } from "../../mirror/set-aside.ts";
import { selectMirrorPulls } from "../../stores/postgres/mirror-pulls.ts";
import { countSetAside, deleteAllSetAside, deleteSetAside } from "../../stores/postgres/mirror-set-aside.ts";
import { selectMirrorSources } from "../../stores/postgres/mirror-sources.ts";
import { selectMirrorTypes } from "../../stores/postgres/mirror-types.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import { fileTotalsOf, mountAdminMirrorFiles } from "./mirror-files.ts";
import { mountAdminMirrorResources } from "./mirror-resources.ts";
import { mountAdminMirrorSetup } from "./mirror-setup.ts";
import { type ShownSourceServices, shownSecret, shownSource } from "./mirror-source.ts";

export interface AdminMirrorServices extends ManageSourceServices, ShownSourceServices {
  reader: Pick<RecordReader, "read">;
  ingest: Pick<Ingest, "record">;
}

type ById = FastifyRequest<{ Params: { id: string } }>;

const longestText = 10_000;
const page = { standard: 50, most: 100 };

/** Adds the routes under `/admin/mirror`. They are about all accounts: only operators may call them. */
export function mountAdminMirror(admin: FastifyInstance, services: AdminMirrorServices): void {
  const { database } = services;
  mountAdminMirrorSetup(admin, services);
  mountAdminMirrorFiles(admin, services);
  mountAdminMirrorResources(admin, services);

  admin.get("/admin/mirror", async (request, reply): Promise<MirrorSourceList> => {
    withoutParameters(request);
    reply.header("cache-control", "no-store");
    return { sources: await shown((await selectMirrorSources(database)).map(sourceOf)) };
  });

  admin.post("/admin/mirror", async (request, reply): Promise<ChangedMirrorSource> => {
    withoutParameters(request);
    const created = await createSource(services, request.body);
    reply.code(201).header("cache-control", "no-store");
    return changed(created);
  });

  admin.get("/admin/mirror/:id", async (request: ById, reply): Promise<Shown> => {
    withoutParameters(request);
    reply.header("cache-control", "no-store");
    return shownOne(await findSource(services, request.params.id));
  });

  admin.patch("/admin/mirror/:id", async (request: ById, reply): Promise<ChangedMirrorSource> => {
    withoutParameters(request);
    reply.header("cache-control", "no-store");
    return changed(await changeSource(services, request.params.id, request.body));
  });

  admin.delete("/admin/mirror/:id", async (request: ById, reply) => {
    withoutParameters(request);
    await removeSource(services, request.params.id);
    return reply.code(204).send();
  });

  admin.post("/admin/mirror/:id/rotate-secret", async (request: ById, reply): Promise<MirrorSecret> => {
    withoutParameters(request);
    membersOf(request.body ?? {}, "the body", []);
    const { source, secret } = await rotateSourceSecret(services, request.params.id);
    reply.header("cache-control", "no-store");
    return shownSecret(services, source, secret);
  });

  admin.get("/admin/mirror/:id/set-aside", async (request: ById, reply): Promise<MirrorSetAsidePage> => {
    const parameters = new QueryParameters(request.raw.url ?? "");
    const after = parameters.integer("after", 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const limit = parameters.integer("limit", 1, page.most) ?? page.standard;
    parameters.end();
    const { id } = await findSource(services, request.params.id);
    reply.header("cache-control", "no-store");
    const records: MirrorSetAside[] = [];
    // One at a time: what is shown of a record is short, a record need not be.
    for (let last = after; records.length < limit; ) {
      const [record] = await listSetAside(database, id, { after: last, limit: 1 });
      if (!record) return { records };
      records.push(shownRecord(record));
      last = record.id;
    }
    const next = records.at(-1)?.id;
    return { records, ...(next !== undefined && { next }) };
  });

  admin.post("/admin/mirror/:id/set-aside/replay", async (request: ById): Promise<MirrorReplay> => {
    withoutParameters(request);
    const { after = 0 } = membersOf(request.body ?? {}, "the body", ["after"]);
    if (typeof after !== "number" || !Number.isSafeInteger(after) || after < 0) {
      throw bad("after must be the next of an earlier call.");
    }
    const source = await findSource(services, request.params.id);
    const { next, ...replayed } = await replaySetAside(services, source, after);
    return { ...replayed, ...(next !== undefined && { next }) };
  });

  admin.delete("/admin/mirror/:id/set-aside", async (request: ById, reply) => {
    const parameters = new QueryParameters(request.raw.url ?? "");
    const ids = parameters.texts("id").map((text) => {
      if (!/^\d{1,15}$/.test(text)) throw new QueryError("The parameter id must be the id of a record.");
      return Number(text);
    });
    parameters.end();
    const { id } = await findSource(services, request.params.id);
    if (ids.length === 0) await deleteAllSetAside(database, id);
    else await deleteSetAside(database, id, ids);
    return reply.code(204).send();
  });

  /** @param only the ID of the source, if it is a single one */
  async function shown(sources: readonly MirrorSource[], only?: string): Promise<Shown[]> {
    const types = Map.groupBy(await selectMirrorTypes(database, only), ({ source }) => source);
    const setAside = await countSetAside(database, only);
    const pulls = new Map((await selectMirrorPulls(database)).map((pull) => [pull.source, pull]));
    const factsOf = ({ id }: MirrorSource) => ({
      types: types.get(id) ?? [],
      setAside: setAside.get(id) ?? 0,
      pull: pulls.get(id),
    });
    return Promise.all(sources.map((source) => shownSource(services, source, factsOf(source))));
  }

  async function shownOne(source: MirrorSource): Promise<Shown> {
    const [one] = await shown([source], source.id);
    if (!one) throw new Error("a source is not shown");
    const files = await fileTotalsOf(database, source, services.clock());
    return { ...one, ...(files && { files }) };
  }

  async function changed({ source, secret }: Managed): Promise<ChangedMirrorSource> {
    return { ...(secret !== undefined && shownSecret(services, source, secret)), ...(await shownOne(source)) };
  }
}

function withoutParameters(request: FastifyRequest): void {
  new QueryParameters(request.raw.url ?? "").end();
}

function shownRecord({ id, reason, receivedAt, times, text }: SetAsideRecord): MirrorSetAside {
  const truncated = text.length > longestText;
  return {
    ...{ id, reason, times, truncated },
    receivedAt: receivedAt.toISOString(),
    text: truncated ? text.slice(0, longestText).toWellFormed() : text,
  };
}
