/**
 * The delivery worker of one process: claims mail from the send queue and hands it to the transport.
 *
 *   claim (a few of each domain) -> held, by destination -> under way -> settled, in the commit of its event
 *
 * - A claim takes a little more than what can be under way, so that connections never wait for the database.
 * - A destination that rests is not claimed for, and what is held for it is given back.
 * - The process's life is one row that it renews (worker-life.ts); once that has run out, another process gives its mail to
 *   the living. What this one still settles then is not recorded (settleQueued), so every message has one outcome.
 * - `stop` lets what is under way end, and gives back what is held.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../../common/backoff.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { claimQueued, promoteQueued, type QueuedMail, releaseQueued } from "../../stores/postgres/send-queue.ts";
import type { Outcome, Transport } from "../transport.ts";
import type { Destination, DestinationLimits } from "./destination.ts";
import { createHeldMail } from "./held-mail.ts";
import type { Preparer } from "./prepare-mail.ts";
import type { RetrySchedule } from "./retry-schedule.ts";
import { type Settled, settle, settleExpired } from "./settle.ts";
import { type DeliveryLog, startLife } from "./worker-life.ts";

/** Delivers in the background until stopped. */
export interface DeliveryWorker {
  /** Says that there may be mail to claim. */
  wake(): void;
  stop(): Promise<void>;
}

/** What the worker works with. */
export interface DeliveryServices {
  database: Database;
  outbox: Outbox;
  transport: Transport;
  prepare: Preparer;
  /** Told of each bounce once it is recorded: the sender may want it forwarded. */
  bounced(mail: QueuedMail, settled: Settled): void;
  clock: () => Date;
  log: DeliveryLog;
}

/** How it delivers. */
export interface DeliveryOptions {
  /** Deliveries under way at the most. */
  readonly connections: number;
  readonly destination: DestinationLimits;
  /** Relayed mail has one destination, whatever its domain. */
  readonly relayed: boolean;
  readonly schedule: RetrySchedule;
  readonly maxSeconds: number;
  readonly hostname: string;
}

/** How often to look for mail of other processes, and for mail whose time has come. */
const pollMs = 500;
const pauses = { firstMs: 100, longestMs: 10_000 };
const domainsPerClaim = 64;
const promotedAtOnce = 1_000;
/** The last try is made at the end of a message's time. So much later it is too late for one, in milliseconds. */
const lateTryMs = 15 * 60_000;
/** How long deliveries that are under way may go on once the worker stops, in milliseconds. */
const stopWithinMs = 10_000;

/** Starts delivering. */
export function startDeliveryWorker(services: DeliveryServices, options: DeliveryOptions): DeliveryWorker {
  const { database, outbox, transport, prepare, clock, log } = services;
  const held = createHeldMail(options.destination, ({ domain }) => (options.relayed ? "" : domain));
  const tasks = new Set<Promise<void>>();
  const stopping = new AbortController();
  const life = startLife(database, log, stopping.signal, { inherited: wake, lost: () => void held.takeAll() });
  let underWay = 0;
  /** Claims go round the domains: the last one that the claim before looked at. */
  let after = "";
  let promoteAt = 0;
  let pressed = true;
  let rouse: () => void = () => {};
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

  function wake(): void {
    pressed = true;
    rouse();
  }

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    await life.begun;
    while (!stopping.signal.aborted) {
      try {
        pressed = false;
        await giveBack(held.takeResting(clock().getTime()), life.name());
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

  /** Some more than what is under way are claimed: the next ones are at hand when those end. */
  function room(): number {
    return options.connections * 2 - underWay - held.count();
  }

  function hasRoom(): boolean {
    return room() >= options.connections / 2;
  }

  /** False where there may be no more. */
  async function lookForMail(): Promise<boolean> {
    if (performance.now() >= promoteAt) {
      promoteAt = performance.now() + pollMs;
      await promoteQueued(database, clock(), promotedAtOnce);
    }
    return claim(room());
  }

  /** Claims up to `total`; false where there may be no more. */
  async function claim(total: number): Promise<boolean> {
    const perDomain = options.relayed ? total : options.destination.connections;
    const full = held.full(perDomain, clock().getTime());
    if (options.relayed && full.length > 0) return false;
    const worker = life.name();
    const where = { after, except: full, domains: domainsPerClaim };
    const { mail: claimed, unreadable } = await claimQueued(database, { worker, ...where, perDomain, total });
    for (const { id, error } of unreadable) {
      log.error({ err: error, queueId: id }, "mail in the queue can't be read by this version; it stays there");
    }
    // Under a name that this process has lost meanwhile: they are not its own.
    if (worker !== life.name()) return true;
    for (const mail of claimed) held.hold(mail);
    startDeliveries();
    const domains = [...new Set(claimed.map(({ domain }) => domain))].sort();
    const begunInTheMiddle = after !== "";
    after = claimed.length >= total || domains.length >= domainsPerClaim ? (domains.at(-1) ?? "") : "";
    return claimed.length > 0 || begunInTheMiddle;
  }

  function startDeliveries(): void {
    while (!stopping.signal.aborted && underWay < options.connections) {
      const begun = held.begin(clock().getTime());
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

  /** Tries once. Never rejects: mail that this side failed on goes back to the queue. */
  async function deliver(mail: QueuedMail, destination: Destination): Promise<void> {
    const worker = life.name();
    const record = async (outcome: Outcome | "expired") => {
      const end = { ...options, worker, at: clock() };
      const settled = outcome === "expired" ? settleExpired(mail, end) : settle(mail, outcome, end);
      await settleSurely(settled);
      if (settled.bounce) services.bounced(mail, settled);
    };
    try {
      if (clock().getTime() > mail.expiresAt.getTime() + lateTryMs) return await record("expired");
      const outgoing = await prepare(mail);
      if (!outgoing) return await record(contentLost);
      await transport.deliver(outgoing, async (outcome) => {
        if (outcome.delivered) destination.succeeded();
        else if (outcome.failure.affectsDomain) destination.failed(clock().getTime());
        if (mail.messageId === undefined && !outcome.delivered) {
          log.warn({ to: mail.recipient, failure: outcome.failure.message }, "mail of the server itself was not taken");
        }
        await record(outcome);
      });
    } catch (error) {
      log.error({ err: error, messageId: mail.messageId, queueId: mail.id }, "a delivery failed on this side");
      // After a moment: the fault may be in a store, and so in all mail.
      await rest(1_000);
      await giveBack([mail], worker).catch((reason: unknown) => {
        log.error({ err: reason, queueId: mail.id }, "mail can't be given back; it is once this worker ends");
      });
    }
  }

  /**
   * Tries until it is recorded: what was delivered and is not recorded would be delivered again. A try whose commit was
   * made and not told of settles nothing the second time, and records nothing.
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

  /** Waits, but not where somebody called meanwhile. */
  async function pause(ms: number): Promise<void> {
    if (stopping.signal.aborted || pressed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    rouse = () => {};
  }
}

/** What the store has lost (an operator removed its files) can't be delivered by anybody. */
const contentLost: Outcome = {
  delivered: false,
  failure: {
    stage: "route",
    permanent: true,
    reply: undefined,
    message: "The message's content is not in the object store any more",
    status: "5.3.0",
    host: undefined,
    affectsDomain: false,
  },
};
