import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsEmulator, type FilledQueue, startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { type MirrorWorld, openMirrorWorld } from "../../../test/support/mirror-world.ts";
import { sendingRegion, typicalEvents, typicalMessageId } from "../../../test/support/typical-ses-events.ts";
import { type AwsClients, createAwsClients } from "../../publishing/aws/clients.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Pull } from "../pull-sources.ts";
import type { SettingsOf } from "../source-settings.ts";
import { type SqsPullServices, startSqsPull } from "./pull.ts";

const topicArn = "arn:aws:sns:eu-west-1:111122223333:ses-events";
const validation = "Successfully validated SNS topic for Amazon SES event publishing.";
const [sent = "", delivered = ""] = typicalEvents(1);
const inSns = (Message: string, TopicArn = topicArn) =>
  JSON.stringify({ Type: "Notification", MessageId: "m", TopicArn, Message, Timestamp: "2026-10-01T00:00:00.000Z" });
const inEventBridge = (event: string) =>
  JSON.stringify({ version: "0", id: "e", "detail-type": "Email Sent", source: "aws.ses", detail: JSON.parse(event) });

describe.each(databases)("a mirror's queue, with $name", ({ open }) => {
  let database: ScopedDatabase;
  let emulator: AwsEmulator;
  let clients: AwsClients;
  let world: MirrorWorld;
  let queue: FilledQueue;
  let pulls: Pull[] = [];
  let queues = 0;

  beforeAll(async () => {
    emulator = await startAwsEmulator();
    for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator.stop();
  });
  beforeEach(async () => {
    database = await open();
    clients = createAwsClients({ callWithinMs: 30_000 });
    world = await openMirrorWorld(database);
    queue = emulator.queue(`events-${queues++}`, sendingRegion);
  });
  afterEach(async () => {
    world.fail();
    await Promise.all(pulls.map((pull) => pull.stop()));
    pulls = [];
    clients.close();
    await world.close();
    await database.close();
  });

  const sourceOf = (topicArns: string[] = []) =>
    world.source<"sqs">({ kind: "sqs", queueUrl: queue.url, region: sendingRegion, topicArns });
  function start(source: MirrorSource<SettingsOf<"sqs">>, services: Partial<SqsPullServices> = {}): Pull {
    const pull = startSqsPull(source, { ...world, clients, ...services });
    pulls.push(pull);
    return pull;
  }
  const isEmpty = () => eventually(() => expect(queue.bodies()).toEqual({ waiting: [], taken: [] }));

  it("records events in every envelope, and sets unreadable records aside", async () => {
    const source = await sourceOf([topicArn]);
    await queue.send(sent, inSns(delivered), inEventBridge(sent), inSns(validation), `${sent}\n${delivered}`);
    await queue.send("no event", inSns(sent, `${topicArn}-of-others`), inSns("{}"));
    start(source);
    await isEmpty();
    const committed = await world.committed();
    expect(new Set(committed.map(({ type }) => type))).toEqual(new Set(["SEND", "DELIVERY"]));
    expect(committed.every(({ message_id }) => message_id === typicalMessageId(1))).toBe(true);
    // An event has the same ID in every envelope.
    expect(new Set(committed.map(({ id }) => id)).size).toBe(2);
    expect((await world.setAside(source.id)).map(({ reason }) => reason).sort()).toEqual([
      "It is not JSON.",
      "It is not an SES event: it has neither eventType nor notificationType.",
      `Its topic ${topicArn}-of-others is not one of this source's.`,
    ]);
    await world.arrivals.stop();
    const { validatedAt, eventAt, error } = await world.stored(source.id);
    expect([validatedAt, eventAt, error]).toEqual([expect.any(Date), expect.any(Date), null]);
  });

  it("reads a backlog with concurrent calls and several processes", async () => {
    const source = await sourceOf();
    const events = Array.from({ length: 150 }, (_, number) => typicalEvents(number)).flat();
    await queue.send(...events);
    start(source);
    start(source);
    await isEmpty();
    expect(new Set((await world.committed()).map(({ id }) => id)).size).toBe(events.length);
  });

  it("deletes nothing and receives little while the database fails", async () => {
    const source = await sourceOf();
    world.fail(new Error("the disk is full"));
    await queue.send(...Array.from({ length: 30 }, (_, number) => typicalEvents(number)).flat());
    const before = queue.bodies().waiting.length;
    start(source);
    const failed = () => world.logged.filter(({ message }) => message === "reading a mirror's queue failed");
    await eventually(() => expect(failed().length).toBeGreaterThan(1));
    const { waiting, taken } = queue.bodies();
    expect(waiting.length + taken.length).toBe(before);
    // Only the messages of the first call: there is no second call until the database works.
    expect(taken.length).toBeLessThanOrEqual(10);
    world.fail();
    await isEmpty();
    const ids = (await world.committed()).map(({ id }) => id);
    expect(ids.length).toBe(before);
    expect(new Set(ids).size).toBe(before);
    await world.arrivals.stop();
    expect((await world.stored(source.id)).error).toBeNull();
  });

  it("shows the error until it works again", async () => {
    const source = await sourceOf();
    let fails = true;
    const take: MirrorWorld["ingest"]["take"] = (...records) =>
      fails ? Promise.reject(new Error("the disk is full")) : world.ingest.take(...records);
    await queue.send(sent);
    start(source, { ingest: { take } });
    await eventually(async () =>
      expect((await world.stored(source.id)).error).toBe("Events can't be recorded: the disk is full"),
    );
    fails = false;
    await isEmpty();
    await eventually(async () => expect((await world.stored(source.id)).error).toBeNull());
  });

  it("shows why a queue can't be read", async () => {
    const queueUrl = `${queue.url}-missing`;
    const source = await world.source<"sqs">({ kind: "sqs", queueUrl, region: sendingRegion, topicArns: [] });
    start(source);
    await eventually(async () =>
      expect((await world.stored(source.id)).error).toBe(
        `SQS queue ${queueUrl} does not exist: create it, or change the source`,
      ),
    );
  });

  it("reports how many messages are waiting", async () => {
    const source = await sourceOf();
    await queue.send(sent, sent, delivered);
    start(source);
    await eventually(async () => expect((await world.stored(source.id)).waiting).not.toBeNull());
  });

  it("extends the visibility timeout while messages are being recorded", async () => {
    const source = await sourceOf();
    let record = () => {};
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    let takes = 0;
    const take: MirrorWorld["ingest"]["take"] = async (...records) => {
      takes++;
      await recorded;
      return world.ingest.take(...records);
    };
    let extensions = 0;
    const watched: SqsPullServices["clients"] = {
      sqs: clients.sqs,
      call: (client, run, limits) => {
        if (String(run).includes("changeMessageVisibilityBatch")) extensions++;
        return clients.call(client, run, limits);
      },
    };
    await queue.send(sent);
    start(source, { ingest: { take }, hiddenSeconds: 2, clients: watched });
    start(source, { ingest: { take }, hiddenSeconds: 2, clients: watched });
    try {
      // Longer than the initial visibility timeout.
      await eventually(() => expect(extensions).toBeGreaterThan(4));
      expect(takes).toBe(1);
    } finally {
      record();
    }
    await isEmpty();
    expect(await world.committed()).toHaveLength(1);
  });

  it("finishes received messages when it is stopped, and gives back those that can't be recorded", async () => {
    const source = await sourceOf();
    let receivedAll = () => {};
    const received = new Promise<void>((resolve) => {
      receivedAll = resolve;
    });
    let fail: (error: Error) => void = () => {};
    const take: MirrorWorld["ingest"]["take"] = () => {
      receivedAll();
      return new Promise((_, reject) => {
        fail = reject;
      });
    };
    await queue.send(sent);
    const stopped = start(source, { ingest: { take } });
    await received;
    const end = stopped.stop();
    fail(new Error("the connection is closed"));
    await end;
    // The message is visible at once, and the next process gets it.
    start(source);
    await isEmpty();
    expect(await world.committed()).toHaveLength(1);
  });
});
