/** Sends the events of claimed batches in calls of the size that the sender takes. */
import { MalformedData } from "../common/parse-data.ts";
import type { PublicationBatch } from "../stores/postgres/publication-batches.ts";
import { decodeBatch } from "./batch-format.ts";
import type { PublishedEvent } from "./published-event.ts";
import type { Sender, SendResult } from "./sender.ts";

/** The events of a batch and their results. */
export interface SentBatch {
  readonly batch: PublicationBatch;
  readonly results: readonly { readonly event: PublishedEvent; readonly result: SendResult }[];
  /** Why its events can't be read; then there are no results. */
  readonly unreadable: string | undefined;
}

/** Sends the events of all batches, oldest first. All batches have had the same number of tries. */
export async function sendBatches(
  sender: Sender,
  batches: readonly PublicationBatch[],
  options: { tries: number; stopping: AbortSignal },
): Promise<SentBatch[]> {
  const read = await Promise.all(batches.map(readBatch));
  const events = read.flatMap((one) => one.events);
  const results: SendResult[] = [];
  for (const call of callsOf(events, sender.limits)) {
    if (options.stopping.aborted) results.push(...call.map((): SendResult => ({ outcome: "untried" })));
    else results.push(...(await sender.send(call, options)));
  }
  let at = 0;
  return read.map(({ batch, events: own, unreadable }) => {
    const ownResults = results.slice(at, at + own.length);
    at += own.length;
    return {
      batch,
      results: own.map((event, index) => ({ event, result: ownResults[index] ?? { outcome: "untried" as const } })),
      unreadable,
    };
  });
}

interface ReadBatch {
  batch: PublicationBatch;
  events: PublishedEvent[];
  unreadable: string | undefined;
}

async function readBatch(batch: PublicationBatch): Promise<ReadBatch> {
  try {
    const events = await decodeBatch(batch.payload);
    if (events.length !== batch.events) {
      throw new MalformedData(`a batch of events is damaged: it has ${events.length} of its ${batch.events} events`);
    }
    return { batch, events, unreadable: undefined };
  } catch (error) {
    if (!(error instanceof MalformedData)) throw error;
    return { batch, events: [], unreadable: error.message };
  }
}

/** Splits events into calls; each has at least one event. */
function* callsOf(events: readonly PublishedEvent[], limits: Sender["limits"]): Generator<PublishedEvent[]> {
  let call: PublishedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.body);
    if (call.length > 0 && (call.length >= limits.events || bytes + size > limits.bytes)) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push(event);
    bytes += size;
  }
  if (call.length > 0) yield call;
}
