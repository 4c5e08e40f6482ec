/** The rows of a commit's events: a row of the outbox, and of the publications, has events of one scope. */
import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdCompress, zstdCompressSync } from "node:zlib";
import type { NewOutboxRow } from "../stores/postgres/outbox.ts";
import type { MailEvent } from "./event.ts";
import { encodeEvent, recordVersion } from "./record.ts";
import type { Recorded } from "./suppression.ts";

/** In bytes. Compressing more would block the event loop for more than about a millisecond. */
const compressInlineBelow = 512 * 1024;

/** Level 1 compresses 35 KB of events to 4.3 KB in 56 us; the default level is slower and no smaller. */
const compression: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const compressInBackground: (bytes: Uint8Array, options: ZstdOptions) => Promise<Uint8Array> = promisify(zstdCompress);

export interface CommitFacts {
  /** The number of accepted recipients by scope; scopes without events have none. */
  recipients: ReadonlyMap<number, number>;
  now: Date;
  /** What targets of publishing want; undefined if they want nothing. */
  interest: { wants(recorded: Recorded): boolean } | undefined;
}

/** The rows for events, one for each scope; none if there are no events. */
export async function outboxRowsOf(recorded: readonly Recorded[], facts: CommitFacts): Promise<NewOutboxRow[]> {
  const byScope = new Map<number, { all: EventLines; wanted: EventLines }>();
  for (const one of recorded) {
    // The mirrored account publishes its events itself.
    const isWanted = one.events[0]?.mirrored === undefined && facts.interest?.wants(one) === true;
    for (const event of one.events) {
      const line = encodeEvent(event);
      let lines = byScope.get(event.scope);
      if (!lines) {
        lines = { all: new EventLines(), wanted: new EventLines() };
        byScope.set(event.scope, lines);
      }
      lines.all.add(event, line);
      if (isWanted) lines.wanted.add(event, line);
    }
  }
  return Promise.all([...byScope].map(([scope, lines]) => rowOf(scope, lines, facts)));
}

async function rowOf(
  scope: number,
  { all, wanted }: { all: EventLines; wanted: EventLines },
  { recipients, now }: CommitFacts,
): Promise<NewOutboxRow> {
  const { firstMessageId, lastMessageId, events } = all;
  const payload = await compressed(all.bytes);
  const row = { scope, firstMessageId, lastMessageId, events, payload, version: recordVersion, now };
  const outbox = { ...row, recipients: recipients.get(scope) ?? 0 };
  if (wanted.events === 0) return outbox;
  // Mostly all messages of a commit are of interest, or none is.
  const own = wanted.events === events ? payload : await compressed(wanted.bytes);
  return { ...outbox, publication: { events: wanted.events, sent: wanted.sent, payload: own } };
}

/** In bytes: a commit of one message takes about a kilobyte. */
const firstCapacity = 4 * 1024;
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const bytesPerUnit = 3;

/** Encoded events and what their rows say about them. */
class EventLines {
  /** Lines are written as bytes at once: joining thousands of them would keep them all in memory. */
  #bytes = Buffer.allocUnsafe(firstCapacity);
  #length = 0;
  events = 0;
  firstMessageId = "";
  lastMessageId = "";
  /** The times of the SENDs' messages, in milliseconds. */
  sent: { from: number; to: number } | undefined;

  add({ messageId, type, sentAt }: MailEvent, line: string): void {
    if (this.events === 0 || messageId < this.firstMessageId) this.firstMessageId = messageId;
    if (this.events === 0 || messageId > this.lastMessageId) this.lastMessageId = messageId;
    this.#write(line);
    this.events++;
    if (type !== "SEND") return;
    const time = sentAt.getTime();
    const { from, to } = this.sent ?? { from: time, to: time };
    this.sent = { from: Math.min(from, time), to: Math.max(to, time) };
  }

  /** The lines so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #write(line: string): void {
    const needed = this.#length + line.length * bytesPerUnit;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#length += this.#bytes.write(line, this.#length);
  }
}

async function compressed(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length < compressInlineBelow) return zstdCompressSync(bytes, compression);
  // Events shrink to about an eighth. Each chunk takes a turn of the event loop.
  return compressInBackground(bytes, { ...compression, chunkSize: bytes.length >> 2 });
}
