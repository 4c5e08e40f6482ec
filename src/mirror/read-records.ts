/** Turns what a source brings into events of ours: which account and region they belong to, and what can't be read. */
import type { Scopes } from "../accounts/scopes.ts";
import { ServiceError } from "../contract/errors.ts";
import type { EventType, MailEvent } from "../events/event.ts";
import type { MirrorSource } from "./mirror-source.ts";
import { mailEventsOf, readMirroredEvent } from "./mirrored-event.ts";
import type { Tracked } from "./tracked-mail.ts";
import { UnreadableEvent } from "./unreadable-event.ts";
import { type Unwrapped, unwrapAll } from "./unwrap.ts";

/** A record that can't be read. */
export interface Unread {
  readonly text: string;
  /** A sentence for people. */
  readonly reason: string;
}

/** An event of SES, of whose type the source has brought one more. */
export interface Seen {
  readonly scope: number;
  readonly configurationSet: string;
  readonly type: EventType;
  /** When it happened. */
  readonly at: Date;
}

/** What records turned out to be. */
export interface Reading {
  readonly events: MailEvent[];
  readonly seen: Seen[];
  readonly setAside: Unread[];
  /** SES's texts that tell that a topic is set up. */
  validations: number;
  /** CloudWatch's counts, which are no events. */
  metrics: number;
}

export interface RecordReader {
  /** Reads records, each of which may hold several events, in any envelope. Rejects only if the database does. */
  read(source: MirrorSource, records: Iterable<Uint8Array>): Promise<Reading>;
}

export function createRecordReader(services: {
  scopes: Pick<Scopes, "of" | "inMemory">;
  tracked: Tracked;
}): RecordReader {
  const { scopes, tracked } = services;

  return {
    async read(source, records) {
      const reading: Reading = { events: [], seen: [], setAside: [], validations: 0, metrics: 0 };
      for (const record of records) {
        for (const unwrapped of unwrapAll(record)) await add(source, unwrapped, reading);
      }
      return reading;
    },
  };

  async function add(source: MirrorSource, unwrapped: Unwrapped, reading: Reading): Promise<void> {
    const setAside = (reason: string) => reading.setAside.push({ text: unwrapped.text, reason });
    if (unwrapped.kind === "unreadable") return void setAside(unwrapped.reason);
    if (unwrapped.kind === "account-event") {
      return void setAside(`An event ${JSON.stringify(unwrapped.detailType)} is not about mail.`);
    }
    if (unwrapped.kind === "metric") {
      reading.metrics++;
      return;
    }
    const { topicArn } = unwrapped;
    if (topicArn !== undefined && !acceptsTopic(source, topicArn)) {
      return void setAside(`Its topic ${topicArn} is not one of this source.`);
    }
    if (unwrapped.kind === "validation") {
      reading.validations++;
      return;
    }
    try {
      const mirrored = readMirroredEvent(unwrapped.event);
      const { message, type } = mirrored;
      const account = message.account ?? source.accounts[0] ?? "";
      if (!source.accounts.includes(account)) {
        return void setAside(`Its account ${account} is not one of this source.`);
      }
      const region = message.region ?? source.region;
      const scope = scopes.inMemory(account, region) ?? (await scopes.of(account, region));
      if (!scope) return void setAside(`There is no account ${account} here.`);
      const configurationSet = message.configurationSet ?? "";
      const events = mailEventsOf(mirrored, {
        scope: scope.id,
        account,
        suppresses: source.suppresses,
        ...tracked.of(scope.id, configurationSet),
      });
      for (const event of events) reading.events.push(event);
      reading.seen.push({ scope: scope.id, configurationSet, type, at: events[0]?.at ?? message.sentAt });
      tracked.saw(scope.id, configurationSet, type);
    } catch (error) {
      // A ServiceError: the account has too many regions. It would keep all other records of a queue from being taken.
      if (!(error instanceof UnreadableEvent || error instanceof ServiceError)) throw error;
      setAside(error.message);
    }
  }
}

function acceptsTopic({ settings }: MirrorSource, topicArn: string): boolean {
  if (settings.kind !== "sns" && settings.kind !== "sqs") return true;
  return settings.topicArns.length === 0 || settings.topicArns.includes(topicArn);
}
