/** The feed of what happens, with a clock and timers of its own. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bounceEvent, sendEvent } from "../../test/support/mail-events.ts";
import { createLiveFeed, type LiveEntry, type LiveFeed, type RecordedEvent } from "./live-feed.ts";

const began = new Date("2026-11-24T12:00:00Z");
let recorded: RecordedEvent[];
let asked: { since: Date; limit: number }[];
let warned: string[];
let feed: LiveFeed;

beforeEach(() => {
  vi.useFakeTimers({ now: began, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  recorded = [];
  asked = [];
  warned = [];
  feed = createLiveFeed({
    recorded: async (since, limit) => {
      asked.push({ since, limit });
      return recorded.filter(({ event }) => new Date(event.at) >= since).slice(0, limit + 1);
    },
    clock: () => new Date(),
    log: { warn: (_details, message) => warned.push(message) },
  });
});
afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

const sent = (subject: string, at = new Date()) => sendEvent({ sentAt: at, message: { subject } });

function watch(after?: string, scope?: number) {
  const entries: LiveEntry[] = [];
  const leave = feed.watch(scope, after, (told) => entries.push(...told));
  return { entries, leave, subjects: () => entries.map(({ event }) => event?.subject ?? "gap") };
}

it("tells of this process's events at once, to all who watch", () => {
  const [one, two] = [watch(), watch()];
  const mail = sent("hello");
  const bounce = bounceEvent({ ...mail, at: mail.sentAt });
  feed.publish([mail, bounce]);
  const { messageId, recipient } = mail;
  const at = began.toISOString();
  expect(one.entries.map(({ event }) => event)).toEqual([
    { type: "SEND", messageId, recipient, at, subject: "hello" },
    { type: "BOUNCE", messageId, recipient, at, bounceType: "Permanent" },
  ]);
  expect(two.entries).toEqual(one.entries);
  one.leave();
  vi.advanceTimersByTime(1000);
  feed.publish([sent("later")]);
  expect([one.entries.length, two.entries.length]).toEqual([2, 3]);
});

it("goes on for a scope that was replaced", () => {
  const one = watch(undefined, 1);
  feed.scopeReplaced(1, 7);
  feed.publish([{ ...sent("of the old one"), scope: 1 }]);
  vi.advanceTimersByTime(1000);
  feed.publish([{ ...sent("of the new one"), scope: 7 }]);
  expect(one.subjects()).toEqual(["of the new one"]);
});

it("tells at most a hundred events at a time, and of the gap before them", () => {
  const one = watch();
  feed.publish([sent("first")]);
  for (let index = 0; index < 150; index++) feed.publish([sent(String(index))]);
  expect(one.subjects()).toEqual(["first"]);
  vi.advanceTimersByTime(250);
  expect(one.subjects()).toEqual(["first", "gap", ...Array.from({ length: 100 }, (_, index) => String(index + 50))]);
});

it("goes on where a watcher was, as far as it is known", () => {
  const one = watch();
  for (let index = 0; index < 8; index++) {
    feed.publish([sent(String(index))]);
    vi.advanceTimersByTime(250);
  }
  expect(watch(one.entries[5]?.id).subjects()).toEqual(["6", "7"]);
  expect(watch(one.entries[7]?.id).subjects()).toEqual([]);
  expect(watch("another server/7").subjects()).toEqual(["gap"]);
  expect(watch("").subjects()).toEqual(["gap"]);
  for (let index = 0; index < 600; index++) {
    feed.publish([sent("more")]);
    vi.advanceTimersByTime(250);
  }
  expect(watch(one.entries[5]?.id).subjects()).toEqual(["gap"]);
});

it("tells of other processes' events, each once, and not of its own again", async () => {
  const one = watch();
  const own = sent("own");
  feed.publish([own]);
  const other = { type: "SEND", messageId: "m", recipient: "r", at: began.toISOString(), subject: "other" } as const;
  recorded = [
    { eventId: own.id, scope: 1, event: { ...other, subject: "own" } },
    { eventId: "other", scope: 1, event: other },
  ];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(one.subjects()).toEqual(["own", "other"]);
  expect(asked.length).toBeGreaterThan(2);
  one.leave();
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.length).toBe(before);
});

it("goes on where the event database can't be asked for a while", async () => {
  let fails = true;
  feed.stop();
  feed = createLiveFeed({
    recorded: async () => {
      if (fails) throw new Error("away");
      const event = { type: "OPEN", messageId: "m", recipient: "r", at: new Date().toISOString() } as const;
      return [{ eventId: "x", scope: 1, event }];
    },
    clock: () => new Date(),
    log: { warn: (_details, message) => warned.push(message) },
  });
  const one = watch();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(warned.length).toBe(2);
  fails = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(one.entries.map(({ event }) => event?.type)).toEqual(["OPEN"]);
});

it("polls once at a time, though watchers come and go during a slow poll", async () => {
  let inProgress = 0;
  let most = 0;
  let polls = 0;
  feed.stop();
  feed = createLiveFeed({
    recorded: async () => {
      polls++;
      most = Math.max(most, ++inProgress);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      inProgress--;
      return [];
    },
    clock: () => new Date(),
    log: { warn: (_details, message) => warned.push(message) },
  });
  for (let n = 0; n < 20; n++) {
    const one = watch();
    await vi.advanceTimersByTimeAsync(2_100);
    one.leave();
  }
  const last = watch();
  await vi.advanceTimersByTimeAsync(21_000);
  expect(most).toBe(1);
  expect(polls).toBeGreaterThan(5);
  last.leave();
  const before = polls;
  await vi.advanceTimersByTimeAsync(21_000);
  expect(polls).toBe(before);
});

const foreign = (subject: string, scope = 2) => sendEvent({ scope, sentAt: new Date(), message: { subject } });

it("tells who watches one scope of its events only, also after a reconnect", () => {
  const [own, other, all] = [watch(undefined, 1), watch(undefined, 2), watch()];
  feed.publish([sent("a"), foreign("b"), sent("c")]);
  expect(own.subjects()).toEqual(["a", "c"]);
  expect(other.subjects()).toEqual(["b"]);
  expect(all.subjects()).toEqual(["a", "b", "c"]);
  expect(watch(all.entries[0]?.id, 1).subjects()).toEqual(["c"]);
  expect(watch(all.entries[0]?.id, 2).subjects()).toEqual(["b"]);
  expect(watch(all.entries[0]?.id, 3).subjects()).toEqual([]);
});

it("tells of a gap those only whose events were skipped", () => {
  const [busy, skipped, quiet] = [watch(undefined, 1), watch(undefined, 2), watch(undefined, 3)];
  feed.publish([sent("first")]);
  feed.publish([foreign("lost")]);
  for (let index = 0; index < 101; index++) feed.publish([sent(String(index))]);
  feed.publish([foreign("kept", 3)]);
  vi.advanceTimersByTime(250);
  expect(busy.subjects().slice(0, 3)).toEqual(["first", "gap", "2"]);
  expect(skipped.subjects()).toEqual(["gap"]);
  expect(quiet.subjects()).toEqual(["kept"]);
  // In one commit.
  vi.advanceTimersByTime(250);
  feed.publish([foreign("lost"), ...Array.from({ length: 100 }, (_, index) => sent(String(index)))]);
  expect(skipped.subjects()).toEqual(["gap", "gap"]);
  expect(busy.subjects().at(-101)).not.toBe("gap");
  expect(quiet.subjects()).toEqual(["kept"]);
});

it("tells of other processes' events in their scope, and all of a gap in them", async () => {
  const [own, other] = [watch(undefined, 1), watch(undefined, 2)];
  const event = { type: "SEND", messageId: "m", recipient: "r", at: began.toISOString(), subject: "s" } as const;
  recorded = [{ eventId: "x", scope: 2, event }];
  await vi.advanceTimersByTimeAsync(3_000);
  expect([own.subjects(), other.subjects()]).toEqual([[], ["s"]]);
  recorded = Array.from({ length: 101 }, (_, index) => ({ eventId: String(index), scope: 2, event }));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(own.subjects()).toEqual(["gap"]);
  expect(other.subjects()).toHaveLength(102);
});
