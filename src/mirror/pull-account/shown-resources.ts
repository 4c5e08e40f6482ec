/** Converts a real account's resources into the format of the admin API. */
import type {
  MirrorResource,
  MirrorResourceDetails,
  MirrorResourceKind,
  MirrorResourcePage,
  MirrorResourceProblem,
  MirrorResourceState,
  MirrorResources,
} from "../../admin-api/mirror-resources.ts";
import type { Database } from "../../stores/postgres/database.ts";
import {
  countMirrorResources,
  type MirrorResourceRow,
  selectMirrorResource,
  selectMirrorResourceKinds,
  selectMirrorResources,
} from "../../stores/postgres/mirror-resources.ts";
import { MirrorError } from "../mirror-error.ts";
import type { MirrorSource } from "../mirror-source.ts";
import { decodeFacts, type FactsOf, type ResourceFacts } from "./resource-facts.ts";
import { resourceKinds } from "./resource-kinds.ts";
import { createProblemFinder } from "./resource-problems.ts";

/** How many rows are in memory at a time when problems are computed. */
const rowsAtOnce = 500;

/** The progress of reading, and the settings that keep mail from the mirror. */
export async function shownResources(database: Database, source: MirrorSource): Promise<MirrorResources> {
  const states = await selectMirrorResourceKinds(database, source.id);
  const counts = await countMirrorResources(database, source.id);
  const kinds = resourceKinds.map((kind): MirrorResourceState => {
    const state = states.find((one) => one.kind === kind);
    const counted = counts.find((one) => one.kind === kind);
    const { error, errorAt, listedAt } = state ?? {};
    return {
      kind,
      ...(listedAt && { listedAt: listedAt.toISOString() }),
      ...(error && errorAt && { error: { text: error, at: errorAt.toISOString() } }),
      ...{ total: counted?.total ?? 0, waiting: counted?.waiting ?? 0, failed: counted?.failed ?? 0 },
    };
  });
  const pulled = source.settings.pull?.resources ?? false;
  const knowsAllSets = states.some(({ kind, listedAt }) => kind === "configuration-sets" && listedAt !== null);
  return { pulled, kinds, problems: pulled ? await problemsOf(database, source, knowsAllSets) : [] };
}

/** A page of a kind, by name, after the name `after`. */
export async function resourcePage(
  database: Database,
  { source, kind }: { source: string; kind: MirrorResourceKind },
  { after, limit }: { after: string; limit: number },
): Promise<MirrorResourcePage> {
  const rows = await selectMirrorResources(database, { source, kind }, { after, limit });
  const next = rows.length === limit ? rows.at(-1)?.name : undefined;
  return { resources: rows.map(shown), ...(next !== undefined && { next }) };
}

/** One resource with SES's response. Throws a `MirrorError` if it does not exist. */
export async function resourceDetails(
  database: Database,
  key: { source: string; kind: MirrorResourceKind; name: string },
): Promise<MirrorResourceDetails> {
  const row = await selectMirrorResource(database, key);
  if (!row) throw new MirrorError(404, "The source's account has none of this kind with this name.");
  return { ...shown(row), ...(row.details !== null && { details: JSON.parse(row.details) }) };
}

async function problemsOf(
  database: Database,
  source: MirrorSource,
  knowsAllSets: boolean,
): Promise<MirrorResourceProblem[]> {
  const finder = createProblemFinder(source.settings, knowsAllSets);
  for await (const { name, facts } of allFacts(database, source.id, "configuration-sets")) {
    finder.addSet(name, isOf(facts, "configuration-sets") ? facts : undefined);
  }
  for await (const { name, facts } of allFacts(database, source.id, "identities")) {
    finder.addIdentity(name, isOf(facts, "identities") ? facts : undefined);
  }
  return finder.problems();
}

async function* allFacts(database: Database, source: string, kind: MirrorResourceKind) {
  let after = "";
  for (;;) {
    const rows = await selectMirrorResources(database, { source, kind }, { after, limit: rowsAtOnce });
    for (const { name, facts } of rows) yield { name, facts: decodeFacts(facts) };
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) return;
    after = last.name;
  }
}

function isOf<Kind extends ResourceFacts["kind"]>(
  facts: ResourceFacts | undefined,
  kind: Kind,
): facts is FactsOf<Kind> {
  return facts?.kind === kind;
}

function shown({ name, pulledAt, facts: stored, error }: MirrorResourceRow): MirrorResource {
  const facts = decodeFacts(stored);
  return {
    name,
    ...(pulledAt && { pulledAt: pulledAt.toISOString() }),
    ...(error !== null && { error }),
    ...(facts && shownFacts(facts)),
  };
}

function shownFacts(facts: ResourceFacts): Pick<MirrorResource, "identity" | "configurationSet" | "template"> {
  switch (facts.kind) {
    case "identities": {
      const { kind: _, ...identity } = facts;
      return { identity };
    }
    case "configuration-sets": {
      const { kind: _, ...configurationSet } = facts;
      return { configurationSet };
    }
    case "templates": {
      const { kind: _, ...template } = facts;
      return { template };
    }
  }
}
