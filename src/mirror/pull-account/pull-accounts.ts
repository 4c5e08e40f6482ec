/** Synchronizes suppression lists with the sources' real accounts and reads their resources, in one process at a time. */
import { randomUUID } from "node:crypto";
import type { Scopes } from "../../accounts/scopes.ts";
import type { ClockMoves } from "../../common/settable-clock.ts";
import { createWakeablePause } from "../../common/wakeable-pause.ts";
import { type AwsClients, hasOwnEndpoint } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";
import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import { type Database, inScope } from "../../stores/postgres/database.ts";
import { withLease } from "../../stores/postgres/leases.ts";
import { type MirrorPull, putMirrorPull, selectMirrorPulls } from "../../stores/postgres/mirror-pulls.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { SourceList } from "../source-list.ts";
import { createPacedCalls } from "./paced-calls.ts";
import { pullResources } from "./pull-resources.ts";
import { exchangeSuppressions } from "./suppressions.ts";

export interface AccountPullServices {
  readonly database: Database;
  readonly sources: Pick<SourceList, "all" | "onChange">;
  readonly scopes: Pick<Scopes, "of">;
  readonly aws: Pick<AwsClients, "ses" | "call">;
  readonly accountEvents: PublishingFeed["accountEvents"];
  readonly clock: () => Date;
  readonly clockMoves: ClockMoves;
  readonly log: { error(details: object, message: string): void };
}

export interface AccountPulls {
  /** Checks soon whether something is due. */
  wake(): void;
  stop(): Promise<void>;
}

const lease = { name: "mirror-accounts", seconds: 60 };
/** How often to check whether something is due, and how often a suppression list is read, in milliseconds. */
const lookEveryMs = 60_000;
const everyMs = 10 * 60_000;

export function startAccountPulls(services: AccountPullServices): AccountPulls {
  const { database, sources, clock, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const calls = createPacedCalls({
    aws: services.aws,
    isOwnEndpoint: () => hasOwnEndpoint("AWS_ENDPOINT_URL_SESV2"),
  });
  const resourceServices = { ...services, calls };
  services.clockMoves.onMove(wake);
  sources.onChange(wake);
  const running = run();
  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      take();
      try {
        const wanted = (await sources.all()).filter(({ enabled, settings }) => enabled && settings.pull !== undefined);
        if (wanted.length > 0) {
          await withLease(database, { ...lease, holder }, async (lost) => {
            const hasMore = await pullAll(wanted, AbortSignal.any([lost, stopping.signal]));
            if (hasMore) wake();
          });
        }
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, "asking the mirror's accounts failed");
      }
      await pause(lookEveryMs);
    }
  }

  /** Resolves to whether more is due at once. */
  async function pullAll(wanted: readonly MirrorSource[], signal: AbortSignal): Promise<boolean> {
    const earlier = new Map((await selectMirrorPulls(database)).map((pull) => [pull.source, pull]));
    let hasMore = false;
    for (const source of wanted) {
      if (signal.aborted) return false;
      const { suppression, resources } = source.settings.pull ?? {};
      const known = earlier.get(source.id);
      if (suppression && isDue(source, known, clock())) await pullSuppressions(source, known, signal);
      if (resources && (await pullResourcesOf(source, signal))) hasMore = true;
    }
    return hasMore;
  }

  async function pullResourcesOf(source: MirrorSource, signal: AbortSignal): Promise<boolean> {
    try {
      return await pullResources(resourceServices, source, signal);
    } catch (error) {
      // Another process has the lease, or this one stops.
      if (signal.aborted) return false;
      throw error;
    }
  }

  async function pullSuppressions(
    source: MirrorSource,
    known: MirrorPull | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const now = clock();
    const progress = { pulledUntil: known?.pulledUntil ?? null, pushedUntil: known?.pushedUntil ?? null };
    const { region, accounts, settings } = source;
    const both = settings.pull?.suppression === "both";
    try {
      const [account = ""] = accounts;
      const scope = await services.scopes.of(account, region);
      if (!scope) return;
      const writer = await services.accountEvents();
      const scoped = { aws: services.aws, database: inScope(database, scope.id), writer };
      const done = await exchangeSuppressions(scoped, { ...progress, region, both, now }, signal);
      await putMirrorPull(database, { source: source.id, ...done, error: null, errorAt: null });
    } catch (error) {
      if (signal.aborted) return;
      const permission = "ses:ListSuppressedDestinations and ses:PutSuppressedDestination";
      const { error: text } = failureOf(error, { name: `SES in ${region}`, permission });
      log.error({ err: error, source: source.name }, "asking the real account of a mirror source failed");
      await putMirrorPull(database, { source: source.id, ...progress, error: text, errorAt: now });
    }
  }
}

function isDue({ settings }: MirrorSource, known: MirrorPull | undefined, now: Date): boolean {
  if (!known) return true;
  // `both` was just chosen.
  if (settings.pull?.suppression === "both" && known.pushedUntil === null && known.error === null) return true;
  const last = Math.max(known.pulledUntil?.getTime() ?? 0, known.errorAt?.getTime() ?? 0);
  return now.getTime() - last >= everyMs;
}
