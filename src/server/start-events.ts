/** Starts the event pipeline: the outbox, the recorder that moves events to ClickHouse, the counts of metrics, and the live feed. */
import { type CommitFeed, createCommitFeed } from "../events/commit-feed.ts";
import { createMessageIdPrefixes, type MessageIdPrefixes } from "../events/message-id-prefixes.ts";
import { type Committed, createOutbox, type Outbox } from "../events/outbox.ts";
import { type Recorder, startRecorder } from "../events/recorder.ts";
import { createEventReader, type EventReader } from "../insights/event-reader.ts";
import { createLiveFeed, type LiveFeed } from "../insights/live-feed.ts";
import { startRefresher } from "../insights/metrics/refresher.ts";
import { newestEvents } from "../insights/recorded-events.ts";
import type { AccountSettings } from "../operations/account/settings.ts";
import { createSuppressionRules } from "../operations/suppression/suppression-rules.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Publishing } from "./start-publishing.ts";

export interface EventRole extends ServerServices {
  settingsOf: (scope: Scope) => AccountSettings;
  /** Called when the send queue may have new mail. */
  mailQueued: () => void;
  /** Called when there are new bounces or complaints. */
  feedbackCommitted: () => void;
  publishing: Pick<Publishing, "feed" | "committed">;
}

export interface Events {
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly reader: EventReader;
  readonly live: LiveFeed;
  readonly commits: CommitFeed;
  /** What message IDs begin with. */
  readonly prefixes: MessageIdPrefixes;
}

/** Starts the pipeline; `closers` stops it, the outbox first. */
export function startEvents(role: EventRole, closers: Closers): Events {
  const { stores, scopes, settingsOf, mailQueued, feedbackCommitted, publishing, clock, steadyClock, log } = role;
  const { database, events, objects } = stores;
  const recorder = startRecorder({ database, events, log });
  closers.add(() => recorder.stop());
  const { machineClock, clockMoves } = role;
  const refresher = startRefresher({ database, events, recorder, machineClock, clockMoves, log });
  closers.add(() => refresher.stop());
  const reader = createEventReader(events);
  const live = createLiveFeed({ recorded: (since, limit) => newestEvents(reader, since, limit), clock, log });
  closers.add(async () => live.stop());
  const commits = createCommitFeed();
  const suppressionRules = createSuppressionRules(async (scope) => settingsOf(await scopes.byId(scope)));
  const committed: Committed = (entries, { events, publishes }) => {
    recorder.wake(events.length);
    live.publish(events);
    commits.publish({ entries, events });
    publishing.committed(entries, publishes);
    if (entries.some(({ kind }) => kind === "submission")) mailQueued();
    if (events.some(({ type }) => type === "BOUNCE" || type === "COMPLAINT")) feedbackCommitted();
  };
  const outbox = createOutbox({
    database,
    objects,
    suppressionRules,
    interest: publishing.feed.interest,
    clock,
    committed,
  });
  closers.add(() => outbox.idle());
  return { outbox, recorder, reader, live, commits, prefixes: createMessageIdPrefixes(database, steadyClock) };
}
