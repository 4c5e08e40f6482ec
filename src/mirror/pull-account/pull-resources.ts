/** Reads a real account's identities, configuration sets and templates, a few at a time. */
import type { MirrorResourceKind as KindName } from "../../admin-api/mirror-resources.ts";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";
import type { Database } from "../../stores/postgres/database.ts";
import {
  type AskedResource,
  deleteMirrorResources,
  deleteUnlistedMirrorResources,
  listMirrorResources,
  type MirrorResourceKind,
  putMirrorResource,
  putMirrorResourceKind,
  selectMirrorResourceKinds,
  selectMirrorResourcesToAsk,
} from "../../stores/postgres/mirror-resources.ts";
import type { MirrorSource } from "../mirror-source.ts";
import { type Asking, askResource, listResources } from "./ask-resources.ts";
import type { PacedCalls } from "./paced-calls.ts";
import { encodeFacts } from "./resource-facts.ts";
import { resourceKinds, resourcePermissions } from "./resource-kinds.ts";

export interface ResourceServices {
  readonly database: Database;
  readonly aws: Pick<AwsClients, "ses">;
  readonly calls: PacedCalls;
  readonly clock: () => Date;
  readonly log: { error(details: object, message: string): void };
}

/** How often everything is read, and the pause of a kind after a failure, in milliseconds. */
const everyMs = 60 * 60_000;
const restMs = 10 * 60_000;
/** How many details of a kind are read per turn. Few, since other sources and suppression lists wait for the turn. */
const detailsAtOnce = 20;
/** The maximum length of stored details and facts, in characters of JSON. A template may have 500 KB. */
const longestDetails = 2_000_000;
const longestFacts = 64_000;

/**
 * Reads the kinds of a source's account that are due. A failure is stored with its kind; other kinds are still read.
 * @returns whether more is due immediately
 * @throws the database's errors, and the reason of `stopping` if it aborts
 */
export async function pullResources(
  services: ResourceServices,
  source: MirrorSource,
  stopping: AbortSignal,
): Promise<boolean> {
  const { database } = services;
  const origin = `${source.accounts[0]}/${source.region}`;
  let states = await selectMirrorResourceKinds(database, source.id);
  if (states.some((state) => state.origin !== origin)) {
    await deleteMirrorResources(database, source.id);
    states = [];
  }
  let hasMore = false;
  for (const kind of resourceKinds) {
    const state = states.find((one) => one.kind === kind);
    const known = state ?? { source: source.id, kind, origin, listedAt: null, error: null, errorAt: null };
    if (await pullKind(services, { source, kind, known }, stopping)) hasMore = true;
  }
  return hasMore;
}

interface Turn {
  readonly source: MirrorSource;
  readonly kind: KindName;
  readonly known: MirrorResourceKind;
}

/** Lists a kind if it is due, and reads some details; resolves to whether more details are due. */
async function pullKind(services: ResourceServices, turn: Turn, stopping: AbortSignal): Promise<boolean> {
  const { database, aws, calls, clock, log } = services;
  const { source, kind, known } = turn;
  const startedAt = clock();
  if (known.errorAt && !isPast(known.errorAt, restMs, startedAt)) return false;
  let { listedAt } = known;
  try {
    const asking: Asking = { ses: await aws.ses(source.region), calls, stopping };
    if (listedAt === null || isPast(listedAt, everyMs, startedAt)) {
      await list(services, { ...turn, startedAt }, asking);
      listedAt = startedAt;
      await putMirrorResourceKind(database, { ...known, listedAt, error: null, errorAt: null });
    }
    const due = await selectMirrorResourcesToAsk(
      database,
      { source: source.id, kind },
      { until: new Date(startedAt.getTime() - everyMs), limit: detailsAtOnce },
    );
    for (const name of due) await askOne(services, turn, name, asking);
    if (known.error !== null) await putMirrorResourceKind(database, { ...known, listedAt, error: null, errorAt: null });
    return due.length === detailsAtOnce;
  } catch (error) {
    stopping.throwIfAborted();
    if (!(error instanceof CallFailed)) throw error;
    log.error({ err: error.cause, source: source.name, kind }, "reading the real account of a mirror source failed");
    const text = textOf(turn, error.cause);
    await putMirrorResourceKind(database, { ...known, listedAt, error: text, errorAt: clock() });
    return false;
  }
}

/** A call to SES failed, as opposed to the database. */
class CallFailed extends Error {
  override name = "CallFailed";
}

/** Deletes resources that no longer exist once the list is complete. */
async function list(
  { database }: ResourceServices,
  { source, kind, startedAt }: Turn & { readonly startedAt: Date },
  asking: Asking,
): Promise<void> {
  const listing = { source: source.id, kind, listedAt: startedAt };
  const pages = listResources(kind, asking);
  for (;;) {
    const { value, done } = await pages.next().catch(asFailedCall);
    if (done) break;
    await listMirrorResources(database, listing, value);
  }
  await deleteUnlistedMirrorResources(database, listing);
}

/** Reads the details of one resource. A failure ends the turn of its kind, since the others would most likely fail, too. */
async function askOne({ database, clock }: ResourceServices, turn: Turn, name: string, asking: Asking): Promise<void> {
  const row = { source: turn.source.id, kind: turn.kind, name };
  let asked: AskedResource | undefined;
  try {
    const answer = await askResource(turn.kind, asking, name);
    asked = answer && kept(JSON.stringify(answer.details), encodeFacts(answer.facts));
  } catch (error) {
    asking.stopping.throwIfAborted();
    await putMirrorResource(database, row, { error: textOf(turn, error) }, clock());
    return asFailedCall(error);
  }
  await putMirrorResource(database, row, asked, clock());
}

function kept(details: string, facts: string): AskedResource {
  const isLong = details.length > longestDetails;
  if (facts.length > longestFacts) return { error: "Its details are too long to be kept." };
  return { facts, details: isLong ? null : details, error: isLong ? "Its details are too long to be kept." : null };
}

function asFailedCall(cause: unknown): never {
  throw new CallFailed("a call of SES failed", { cause });
}

function textOf({ source, kind }: Turn, error: unknown): string {
  const { error: text } = failureOf(error, { name: `SES in ${source.region}`, permission: resourcePermissions[kind] });
  return text;
}

/** Whether `ms` have passed since `at`. Also true if the clock was set back, since the real age is unknown then. */
function isPast(at: Date, ms: number, now: Date): boolean {
  const agoMs = now.getTime() - at.getTime();
  return agoMs >= ms || agoMs < 0;
}
