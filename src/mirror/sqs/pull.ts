/**
 * Fetches events from an SQS queue. A message is deleted only after its events are committed. Several processes may
 * read the same queue: SQS hides a message while one of them has it, and an event that is recorded twice counts once.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../../common/backoff.ts";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { noteAtMirrorSource } from "../../stores/postgres/mirror-sources.ts";
import type { Arrivals } from "../arrivals.ts";
import type { Ingest } from "../ingest.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Pull, PullLog } from "../pull-sources.ts";
import type { SettingsOf } from "../source-settings.ts";
import { createQueue, messagesPerCall, QueueError, type QueueMessage } from "./queue.ts";

export interface SqsPullServices {
  /** Clients whose calls may take more than 20 s, since SQS waits that long for messages. */
  clients: Pick<AwsClients, "sqs" | "call">;
  database: Database;
  ingest: Pick<Ingest, "take">;
  arrivals: Arrivals;
  clock: () => Date;
  log: PullLog;
  /** The visibility timeout in seconds; 60 by default. It is extended while messages are being recorded. */
  hiddenSeconds?: number;
}

/** The most concurrent ReceiveMessage calls while the queue has a backlog. */
const mostReceivers = 8;
const depthEveryMs = 30_000;
const pauses = { firstMs: 1_000, longestMs: 60_000 };
const deletions = { tries: 3, pauseMs: 200 };

/** Events could not be recorded. */
class NotRecorded extends Error {
  override name = "NotRecorded";
}

/** Starts fetching. The source's settings must not change until it is stopped. */
export function startSqsPull(source: MirrorSource<SettingsOf<"sqs">>, services: SqsPullServices): Pull {
  const { clients, database, ingest, arrivals, clock, log, hiddenSeconds = 60 } = services;
  const { id } = source;
  const queue = createQueue(clients, source.settings);
  const stopping = new AbortController();
  const helpers = new Set<Promise<void>>();
  const backoff = createBackoff(pauses);
  /** The pause after the next failure, in milliseconds. */
  let retryInMs = backoff.next();
  let failing = false;
  const running = Promise.all([receiveAlways(), watchDepth()]);

  return {
    async stop() {
      stopping.abort(new Error("the source is stopped"));
      await running;
      await Promise.all(helpers);
    },
  };

  async function receiveAlways(): Promise<void> {
    let error: { text: string; at: Date } | undefined;
    let mustWrite = false;
    while (!stopping.signal.aborted) {
      try {
        // First checks that the database accepts writes again: the queue counts how often a message is received.
        if (mustWrite) await recordable(() => noteAtMirrorSource(database, id, { error }));
        mustWrite = false;
        const received = await receive();
        if (error) arrivals.note(id, { error: null });
        error = undefined;
        failing = false;
        backoff.reset();
        retryInMs = backoff.next();
        if (received === messagesPerCall) addHelper();
      } catch (thrown) {
        if (stopping.signal.aborted) break;
        mustWrite = thrown instanceof NotRecorded;
        error = { text: thrown instanceof Error ? thrown.message : String(thrown), at: clock() };
        log.error({ err: thrown, source: source.name, retryInMs }, "reading a mirror's queue failed");
        arrivals.note(id, { error });
        await pause(retryInMs);
        retryInMs = backoff.next();
        failing = true;
      }
    }
  }

  function addHelper(): void {
    if (helpers.size + 1 >= mostReceivers || stopping.signal.aborted) return;
    const helping = help().finally(() => helpers.delete(helping));
    helpers.add(helping);
  }

  /** Receives while the queue has a backlog. */
  async function help(): Promise<void> {
    try {
      let received = messagesPerCall;
      while (!stopping.signal.aborted && !failing && received > messagesPerCall / 2) {
        received = await receive();
        if (received === messagesPerCall) addHelper();
      }
    } catch (error) {
      // The first receiver gets the same error, and backs off.
      if (!stopping.signal.aborted) log.error({ err: error, source: source.name }, "reading a mirror's queue failed");
    }
  }

  /** Receives messages with one call and records them; resolves to their number. */
  async function receive(): Promise<number> {
    const messages = await queue.receive(hiddenSeconds, stopping.signal);
    if (messages.length === 0) return 0;
    const bodies = messages.map(({ body }) => Buffer.from(body));
    try {
      await keepingHidden(messages, () => recordable(() => ingest.take(source, bodies)));
    } catch (error) {
      await giveBack(messages);
      throw error;
    }
    await remove(messages);
    return messages.length;
  }

  async function recordable<Output>(work: () => Promise<Output>): Promise<Output> {
    try {
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new NotRecorded(`Events can't be recorded: ${reason}`, { cause });
    }
  }

  async function keepingHidden<Output>(
    messages: readonly QueueMessage[],
    work: () => Promise<Output>,
  ): Promise<Output> {
    const extend = async () => {
      try {
        await queue.hide(messages, hiddenSeconds);
      } catch (error) {
        // Another receiver may get them as well; their events count once.
        log.error({ err: error, source: source.name }, "messages of a mirror's queue could not be kept hidden");
      }
    };
    const timer = setInterval(extend, (hiddenSeconds * 1_000) / 3);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Makes the messages visible again: at once when stopping, otherwise after the current backoff. */
  async function giveBack(messages: readonly QueueMessage[]): Promise<void> {
    try {
      await queue.hide(messages, stopping.signal.aborted ? 0 : Math.ceil(retryInMs / 1_000));
    } catch (error) {
      // They become visible when their visibility timeout ends.
      log.error({ err: error, source: source.name }, "messages could not be given back to a mirror's queue");
    }
  }

  /** Deletes recorded messages. A message that can't be deleted is received again. */
  async function remove(messages: readonly QueueMessage[]): Promise<void> {
    let left = messages;
    for (let tries = 1; ; tries++) {
      try {
        const failed = await queue.delete(left);
        if (failed.length === 0) return;
        left = failed.map(({ message }) => message);
        const reasons = new Set(failed.map(({ reason }) => reason));
        throw new QueueError(`SQS queue ${source.settings.queueUrl}: not deleted (${[...reasons].join(", ")})`);
      } catch (error) {
        if (tries === deletions.tries) throw error;
        await delay(tries * deletions.pauseMs);
      }
    }
  }

  async function watchDepth(): Promise<void> {
    let told = "";
    while (!stopping.signal.aborted) {
      try {
        arrivals.note(id, { waiting: await queue.waiting() });
        told = "";
      } catch (error) {
        const text = String(error);
        if (text !== told) log.error({ err: error, source: source.name }, "the length of a mirror's queue is unknown");
        told = text;
      }
      await pause(depthEveryMs);
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }
}
