/**
 * The delivery worker of one process: claims mail from the send queue and hands it to the transport.
 *
 *   claim (a few per domain) -> held, by destination -> in progress -> settled, in the same commit as its event
 *
 * - The worker claims more mail than can be in progress, so that connections never wait for the database.
 * - Mail for a resting destination is not claimed, and held mail for it is released.
 * - The worker renews its lease (worker-life.ts). When the lease has expired, another process releases its mail to the
 *   live workers. Later settlements by this one are not recorded (settleQueued), so every message has one outcome.
 * - `stop` finishes the deliveries in progress and releases held mail.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../../common/backoff.ts";
import { DamagedData } from "../../common/damaged-data.ts";
import type { ClockMoves } from "../../common/settable-clock.ts";
import { createWakeablePause } from "../../common/wakeable-pause.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { resumeQueued } from "../../stores/postgres/paused-mail.ts";
import { isLane, laneName } from "../../stores/postgres/send-lanes.ts";
import {
  claimQueued,
  promoteQueued,
  type QueuedMail,
  releaseQueued,
  unreadableWaitSeconds,
  vacuumQueue,
} from "../../stores/postgres/send-queue.ts";
import type { Sources } from "../sources/sources.ts";
import type { Outcome, Transport } from "../transport.ts";
import { contentDamaged, contentLost } from "./content-outcomes.ts";
import type { Destination, DestinationLimits } from "./destination.ts";
import { createHeldMail } from "./held-mail.ts";
import type { Preparer } from "./prepare-mail.ts";
import type { RetrySchedule } from "./retry-schedule.ts";
import { type Settled, settle, settleExpired } from "./settle.ts";
import { type DeliveryLog, startLife } from "./worker-life.ts";

/** Delivers mail in the background until stopped. */
export interface DeliveryWorker {
  /** Signals that there may be mail to claim. */
  wake(): void;
  stop(): Promise<void>;
}

export interface DeliveryServices {
  database: Database;
  outbox: Outbox;
  transport: Transport;
  prepare: Preparer;
  /** The local addresses that mail leaves from. */
  sources: Pick<Sources, "refresh" | "laneOf">;
  /** Called for each bounce once it is recorded, to forward it to the sender. */
  bounced(mail: QueuedMail, settled: Settled): void;
  /** Whether the account was reset that sent the mail, and the mail is gone from the queue. */
  isRetired(scope: number): boolean;
  clock: () => Date;
  /** Mail may be due by the new time, and what destinations rest for has passed. */
  clockMoves?: ClockMoves;
  log: DeliveryLog;
}

export interface DeliveryOptions {
  /** Maximum deliveries in progress. */
  readonly connections: number;
  readonly destination: DestinationLimits;
  /** Whether all mail goes to a relay, which is then the only destination. */
  readonly relayed: boolean;
  readonly schedule: RetrySchedule;
  readonly maxSeconds: number;
  readonly hostname: string;
}

/** How often to look for mail queued by other processes and for retries that are due. */
const pollMs = 500;
const pauses = { firstMs: 100, longestMs: 10_000 };
const domainsPerClaim = 64;
const promotedAtOnce = 1_000;
/** The number of claimed and paused rows after which PGlite's dead rows are vacuumed. With 200,000 rows it takes 0.2 s. */
const vacuumEvery = 10_000;
/** The last attempt is due when the message expires. How late it may still be made, in milliseconds. */
const lateTryMs = 15 * 60_000;
/** How long deliveries in progress may continue once the worker stops, in milliseconds. */
const stopWithinMs = 10_000;

export function startDeliveryWorker(services: DeliveryServices, options: DeliveryOptions): DeliveryWorker {
  const { database, outbox, transport, prepare, sources, clock, log } = services;
  const held = createHeldMail(options.destination, destinationOf);
  const tasks = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const life = startLife(database, log, stopping.signal, { inherited: wake, lost: () => void held.takeAll() });
  let underWay = 0;
  /** Claims cycle through the domains. This is the last domain of the previous claim. */
  let after = "";
  let promoteAt = 0;
  let toVacuum = 0;
  const longestWaitMs = Math.max(...options.schedule, unreadableWaitSeconds) * 1000;
  services.clockMoves?.onMove(() => {
    held.endRests();
    promoteAt = 0;
    wake();
  });
  const running = run();

  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await running;
      await transport.close(stopWithinMs);
      await Promise.all(tasks);
      await life.end();
    },
  };

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    await life.begun;
    while (!stopping.signal.aborted) {
      try {
        take();
        await sources.refresh();
        await giveBack(held.takeResting(performance.now()), life.name());
        const more = hasRoom() && (await lookForMail());
        backoff.reset();
        if (!more) await pause(pollMs);
      } catch (error) {
        const pauseMs = backoff.next();
        log.error({ err: error, retryInMs: pauseMs }, "claiming mail to deliver failed; it stays in the queue");
        await rest(pauseMs);
      }
    }
  }

  /** Mail with dedicated addresses has destinations of its own, so that what one address meets delays no other mail. */
  function destinationOf(mail: QueuedMail): string {
    const lane = sources.laneOf(mail);
    const domain = options.relayed ? "" : mail.domain;
    return lane === undefined ? domain : laneName(domain, lane);
  }

  /** How many messages to claim. They include the next ones for when the deliveries in progress end. */
  function room(): number {
    return options.connections * 2 - underWay - held.count();
  }

  function hasRoom(): boolean {
    return room() >= options.connections / 2;
  }

  /** Resolves to whether there may be more. */
  async function lookForMail(): Promise<boolean> {
    if (performance.now() >= promoteAt) {
      const promoted = await promoteQueued(database, { now: clock(), longestMs: longestWaitMs, limit: promotedAtOnce });
      const resumed = await resumeQueued(database, promotedAtOnce);
      const more = promoted === promotedAtOnce || resumed === promotedAtOnce;
      promoteAt = more ? 0 : performance.now() + pollMs;
    }
    return claim(room());
  }

  /** Claims up to `total` messages. Resolves to whether there may be more. */
  async function claim(total: number): Promise<boolean> {
    const perDomain = options.relayed ? total : options.destination.connections;
    const full = held.full(perDomain, performance.now());
    if (options.relayed && full.includes("")) return false;
    const worker = life.name();
    const exceptLanes = full.filter(isLane);
    const where = { after, except: full, exceptLanes, domains: domainsPerClaim };
    const found = await claimQueued(database, { worker, ...where, perDomain, total });
    const { mail: claimed, unreadable, paused, next } = found;
    for (const { id, error } of unreadable) {
      log.error({ err: error, queueId: id }, "this version can't read a queued message; it stays in the queue");
    }
    toVacuum += claimed.length + paused;
    if (database.kind === "embedded" && toVacuum >= vacuumEvery) {
      toVacuum = 0;
      await vacuumQueue(database);
    }
    // The lease expired during the claim, so the messages belong to other workers.
    if (worker !== life.name()) return true;
    for (const mail of claimed) held.hold(mail);
    startDeliveries();
    const begunInTheMiddle = after !== "";
    after = next;
    return claimed.length > 0 || paused > 0 || begunInTheMiddle;
  }

  function startDeliveries(): void {
    while (!stopping.signal.aborted && underWay < options.connections) {
      const begun = held.begin(performance.now());
      if (!begun) return;
      underWay++;
      const task = deliver(begun.mail, begun.destination).finally(() => {
        underWay--;
        begun.ended();
        tasks.delete(task);
        startDeliveries();
        if (hasRoom()) wake();
      });
      tasks.add(task);
    }
  }

  /** Makes one attempt. Never rejects: after an internal error, the mail goes back to the queue. */
  async function deliver(mail: QueuedMail, destination: Destination): Promise<void> {
    const worker = life.name();
    const record = async (outcome: Outcome | "expired") => {
      const hostname = (outcome !== "expired" && outcome.ehloName) || options.hostname;
      const end = { ...options, worker, hostname, at: clock() };
      const settled = outcome === "expired" ? settleExpired(mail, end) : settle(mail, outcome, end);
      await settleSurely(settled);
      if (settled.bounce && !services.isRetired(mail.scope)) services.bounced(mail, settled);
    };
    if (services.isRetired(mail.scope)) return;
    try {
      if (clock().getTime() > mail.expiresAt.getTime() + lateTryMs) return await record("expired");
      const outgoing = await prepareReadable(mail);
      if (outgoing === "damaged") return await record(contentDamaged);
      if (!outgoing) return await record(contentLost);
      await transport.deliver(outgoing, async (outcome) => {
        if (outcome.delivered) destination.succeeded();
        else if (outcome.failure.affectsDomain) destination.failed(performance.now());
        if (mail.messageId === undefined && !outcome.delivered) {
          log.warn({ to: mail.recipient, failure: outcome.failure.message }, "the server's own mail was not accepted");
        }
        await record(outcome);
      });
    } catch (error) {
      log.error({ err: error, messageId: mail.messageId, queueId: mail.id }, "a delivery failed internally");
      // Wait first: if a store has failed, all mail is affected.
      await rest(1_000);
      await giveBack([mail], worker).catch((reason: unknown) => {
        log.error({ err: reason, queueId: mail.id }, "mail can't be released until this worker ends");
      });
    }
  }

  async function prepareReadable(mail: QueuedMail): Promise<Awaited<ReturnType<Preparer>> | "damaged"> {
    try {
      return await prepare(mail);
    } catch (error) {
      if (!(error instanceof DamagedData)) throw error;
      log.error({ err: error, messageId: mail.messageId, queueId: mail.id }, "the content of queued mail is damaged");
      return "damaged";
    }
  }

  /**
   * Retries until the settlement is recorded: otherwise delivered mail would be delivered again. If a commit succeeded
   * without a confirmation, the retry settles and records nothing.
   */
  async function settleSurely({ settlement }: Settled): Promise<void> {
    const backoff = createBackoff(pauses);
    for (;;) {
      try {
        return await outbox.settle(settlement);
      } catch (error) {
        if (stopping.signal.aborted) throw error;
        const pauseMs = backoff.next();
        log.error({ err: error, queueId: settlement.id, retryInMs: pauseMs }, "recording a delivery failed");
        await rest(pauseMs);
      }
    }
  }

  function giveBack(mail: readonly QueuedMail[], worker: string): Promise<void> {
    const ids = mail.map(({ id }) => id);
    return releaseQueued(database, worker, ids);
  }

  function rest(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }
}
