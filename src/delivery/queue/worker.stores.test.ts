import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { sendEvent } from "../../../test/support/mail-events.ts";
import { insertPausedSet } from "../../../test/support/paused-set.ts";
import { type ReceivingServer, startReceivingServer } from "../../../test/support/receiving-server.ts";
import { utcDay } from "../../dedicated-ips/warmup-plan.ts";
import { createMessageId } from "../../events/message-id.ts";
import { createOutbox, type Outbox } from "../../events/outbox.ts";
import { decodeEvents } from "../../events/record.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { updateConfigurationSetSending } from "../../stores/postgres/configuration-sets.ts";
import type { Database, ScopedDatabase } from "../../stores/postgres/database.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { insertPool } from "../../stores/postgres/dedicated-ip-pools.ts";
import { insertDedicatedIp, moveDedicatedIp, updateWarmup } from "../../stores/postgres/dedicated-ips.ts";
import { oldestOutboxRows } from "../../stores/postgres/outbox.ts";
import { countQueued } from "../../stores/postgres/queue-status.ts";
import { createRelayTransport } from "../relay-transport.ts";
import { readReturnPath } from "../return-path.ts";
import { createSources } from "../sources/sources.ts";
import { createSystemMailer } from "../system-mail.ts";
import { createPreparer } from "./prepare-mail.ts";
import { type DeliveryWorker, startDeliveryWorker } from "./worker.ts";

const secret = Buffer.alloc(32, 3);
const empty = { due: 0, waiting: 0, claimed: 0, paused: 0 };

describe.each(databases)("the delivery worker on $name", ({ open }) => {
  let database: ScopedDatabase;
  let folder = "";
  let objects: ObjectStore;
  let receiving: ReceivingServer;
  let now = new Date();
  const clock = () => now;
  const started: DeliveryWorker[] = [];
  const bounced: string[] = [];
  const logged: string[] = [];

  beforeEach(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-worker-"));
    objects = await openFolder(folder, { sync: false });
    receiving = await startReceivingServer();
    now = new Date("2026-11-24T07:00:00.000Z");
    bounced.length = 0;
    logged.length = 0;
  });
  afterEach(async () => {
    for (const worker of started.splice(0)) await worker.stop();
    await receiving[Symbol.asyncDispose]();
    await objects.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  function openOutbox(over: Partial<Database> = {}): Outbox {
    const suppressionRules = async () => ({ tenant: "", reasons: ["BOUNCE" as const] });
    const committed = () => {
      for (const worker of started) worker.wake();
    };
    return createOutbox({
      database: { ...database, ...over },
      objects,
      suppressionRules,
      interest: async () => undefined,
      clock,
      committed,
    });
  }

  function startWorker(outbox: Outbox, url = `smtp://127.0.0.1:${receiving.port}`): DeliveryWorker {
    const log = (details: object, message: string) => void logged.push(`${message} ${JSON.stringify(details)}`);
    const sources = createSources({ database, clock, log: { warn: log } });
    const worker = startDeliveryWorker(
      {
        database,
        outbox,
        transport: createRelayTransport({
          url,
          hostname: "mail.test.example",
          connections: 5,
          connectionsPerServer: 5,
        }),
        prepare: createPreparer({
          objects,
          signingIdentity: async () => undefined,
          track: (mime) => mime,
          sources,
          signSmime: async (mime) => mime,
          returnPathSecret: secret,
          returnPathDomain: "bounces.test.example",
          clock,
        }),
        sources,
        bounced: (mail) => bounced.push(mail.recipient),
        isRetired: () => false,
        clock,
        log: { info: log, warn: log, error: log },
      },
      {
        connections: 5,
        destination: { connections: 5, restMs: 1_000, longestRestMs: 1_000 },
        relayed: true,
        schedule: [60, 120],
        maxSeconds: 14 * 3600,
        hostname: "mail.test.example",
      },
    );
    started.push(worker);
    return worker;
  }

  /** Accepts a message to each recipient, as SendEmail does. */
  async function submit(outbox: Outbox, ...recipients: string[]): Promise<string> {
    return submitOf(outbox, undefined, ...recipients);
  }

  /** The same with a configuration set. */
  async function submitOf(outbox: Outbox, set: string | undefined, ...recipients: string[]): Promise<string> {
    const messageId = createMessageId(now);
    const sentAt = now;
    await outbox.submit({
      messageId,
      mime: Buffer.from(`Subject: hello\r\n\r\nto ${recipients.join(", ")}\r\n`),
      recipients: recipients.length,
      origin: { scope: defaultScope, configurationSet: set, tenant: undefined },
      addresses: recipients,
      begin: (location) => ({
        events: recipients.map((recipient) => sendEvent({ messageId, sentAt, recipient, message: { location } })),
        queued: recipients.map((recipient, recipientIndex) => ({
          scope: defaultScope,
          messageId,
          recipient,
          recipientIndex,
          domain: recipient.slice(recipient.indexOf("@") + 1),
          configurationSet: set,
          sentAt,
          expiresAt: new Date(sentAt.getTime() + 3600_000),
          envelope: {
            location,
            identity: "test.example",
            fromDomain: "test.example",
            tenant: undefined,
            tlsRequired: false,
            recipients: recipients.length,
            tracking: undefined,
          },
        })),
      }),
    });
    return messageId;
  }

  async function rowsOf(messageId: string) {
    const rows = await oldestOutboxRows(database, 100_000);
    const events = rows.flatMap(({ payload }) => decodeEvents(zstdDecompressSync(payload).toString()));
    return events.filter((event) => event.message_id === messageId);
  }

  async function eventsOf(messageId: string): Promise<string[]> {
    return (await rowsOf(messageId)).map(({ type, recipient }) => `${type} ${recipient}`);
  }

  const quiet = () => expect.poll(() => countQueued(database)).toEqual(empty);

  it("delivers to each recipient with a return path of their own, and tells it", async () => {
    const outbox = openOutbox();
    startWorker(outbox);
    const id = await submit(outbox, "ada@one.example", "bob@two.example");
    await quiet();
    expect(await eventsOf(id)).toEqual([
      "SEND ada@one.example",
      "SEND bob@two.example",
      expect.stringMatching(/^DELIVERY /),
      expect.stringMatching(/^DELIVERY /),
    ]);
    const paths = receiving.taken.map(({ from, to }) => ({ ...readReturnPath(from, secret), to }));
    expect(paths.sort((a, b) => (a.recipientIndex ?? 0) - (b.recipientIndex ?? 0))).toEqual([
      { messageId: id, recipientIndex: 0, to: ["ada@one.example"] },
      { messageId: id, recipientIndex: 1, to: ["bob@two.example"] },
    ]);
    for (const { mime } of receiving.taken)
      expect(mime.toString()).toContain("Subject: hello\r\n\r\nto ada@one.example");
  });

  it("tries again what failed for now, when its time has come", async () => {
    const outbox = openOutbox();
    const worker = startWorker(outbox);
    receiving.rcpt = () => "451 4.2.1 Come back later";
    const id = await submit(outbox, "ada@one.example");
    await expect.poll(() => countQueued(database)).toEqual({ ...empty, waiting: 1 });
    receiving.rcpt = () => undefined;
    now = new Date(now.getTime() + 60_000);
    worker.wake();
    await quiet();
    expect(await eventsOf(id)).toEqual([
      "SEND ada@one.example",
      "DELIVERY_DELAY ada@one.example",
      "DELIVERY ada@one.example",
    ]);
  });

  it("delivers mail behind that of a paused configuration set, which goes out once the set sends again", async () => {
    await insertPausedSet(database, "held");
    const outbox = openOutbox();
    const paused = Array.from({ length: 100 }, (_, n) => `ada@${n}.example`);
    await submitOf(outbox, "held", ...paused);
    const id = await submit(outbox, "bob@z.example", "bob@50.example");
    const worker = startWorker(outbox);
    await expect
      .poll(() => receiving.taken.flatMap(({ to }) => to).sort())
      .toEqual(["bob@50.example", "bob@z.example"]);
    await expect.poll(() => countQueued(database)).toEqual({ ...empty, paused: 100 });
    expect(await eventsOf(id)).toContain("DELIVERY bob@z.example");
    await updateConfigurationSetSending(database, "held", true);
    worker.wake();
    await quiet();
    expect(receiving.taken).toHaveLength(102);
  });

  it("tells a refusal as a bounce, and puts the address on the suppression list", async () => {
    const outbox = openOutbox();
    startWorker(outbox);
    receiving.rcpt = (recipient) => (recipient.startsWith("nobody") ? "550 5.1.1 No such user" : undefined);
    const id = await submit(outbox, "nobody@one.example", "ada@one.example");
    await quiet();
    expect((await eventsOf(id)).sort()).toEqual([
      "BOUNCE nobody@one.example",
      "DELIVERY ada@one.example",
      "SEND ada@one.example",
      "SEND nobody@one.example",
    ]);
    expect(bounced).toEqual(["nobody@one.example"]);
    const suppressed = await database.query("SELECT address, reason, message_id FROM suppressed_destinations");
    expect(suppressed).toEqual([{ address: "nobody@one.example", reason: "BOUNCE", message_id: id }]);
  });

  it("gives up at the end of the time, and bounces untried what waited for much longer", async () => {
    const outbox = openOutbox();
    receiving.rcpt = () => "451 4.2.1 Come back later";
    const id = await submit(outbox, "ada@one.example");
    const late = await submit(outbox, "bob@one.example");
    now = new Date(now.getTime() + 3600_000);
    const worker = startWorker(outbox);
    await quiet();
    expect(await eventsOf(id)).toEqual(["SEND ada@one.example", "BOUNCE ada@one.example"]);
    expect(await eventsOf(late)).toEqual(["SEND bob@one.example", "BOUNCE bob@one.example"]);
    await worker.stop();
    started.length = 0;

    const older = await submit(outbox, "eve@one.example");
    now = new Date(now.getTime() + 5 * 3600_000);
    receiving.rcpt = () => undefined;
    startWorker(outbox);
    await quiet();
    expect(await eventsOf(older)).toEqual(["SEND eve@one.example", "BOUNCE eve@one.example"]);
    expect(receiving.taken).toEqual([]);
  });

  it("delivers once what it could not record at first", async () => {
    let failures = 3;
    const outbox = openOutbox({
      transaction: (work) => {
        if (receiving.taken.length > 0 && failures-- > 0) return Promise.reject(new Error("the database is away"));
        return database.transaction(work);
      },
    });
    startWorker(outbox);
    const id = await submit(outbox, "ada@one.example");
    await quiet();
    expect(receiving.taken).toHaveLength(1);
    expect(await eventsOf(id)).toEqual(["SEND ada@one.example", "DELIVERY ada@one.example"]);
    expect(logged.filter((line) => line.startsWith("recording a delivery failed"))).toHaveLength(3);
  });

  it("bounces mail whose content is gone", async () => {
    const outbox = openOutbox();
    const id = await submit(outbox, "ada@one.example");
    for await (const { key } of objects.list("mail/")) await objects.delete(key);
    startWorker(outbox);
    await quiet();
    expect(await eventsOf(id)).toEqual(["SEND ada@one.example", "BOUNCE ada@one.example"]);
  });

  it("sends nothing of mail whose content is damaged, and delivers it once the file is restored", async () => {
    const outbox = openOutbox();
    const id = await submit(outbox, "ada@one.example");
    const files: string[] = [];
    for await (const { key } of objects.list("mail/")) files.push(join(folder, key));
    const [file = ""] = files;
    const whole = await readFile(file);
    await writeFile(file, Buffer.from(whole).fill("?", 5, 6));
    const worker = startWorker(outbox);
    await expect.poll(() => countQueued(database)).toEqual({ ...empty, waiting: 1 });
    expect(receiving.taken).toEqual([]);
    expect(logged.filter((line) => line.startsWith("the content of queued mail is damaged"))).toHaveLength(1);
    await writeFile(file, whole);
    now = new Date(now.getTime() + 60_000);
    worker.wake();
    await quiet();
    expect(await eventsOf(id)).toEqual([
      "SEND ada@one.example",
      "DELIVERY_DELAY ada@one.example",
      "DELIVERY ada@one.example",
    ]);
  });

  it("delivers the server's own mail with an empty return path, and tells no events of it", async () => {
    const outbox = openOutbox();
    const worker = startWorker(outbox);
    const mailer = createSystemMailer({ database, objects, clock, maxSeconds: 3600, queued: worker.wake });
    const mime = Buffer.from("From: MAILER-DAEMON@test.example\r\nSubject: own\r\n\r\nhello\r\n");
    await mailer.send({ scope: defaultScope, from: "MAILER-DAEMON@test.example", to: "ada@one.example", mime });
    await quiet();
    expect(receiving.taken).toMatchObject([{ from: "", to: ["ada@one.example"] }]);
    expect(receiving.taken[0]?.mime.toString()).toBe(mime.toString());
    expect(await oldestOutboxRows(database, 10)).toEqual([]);
  });

  it("takes nothing along that waits for a relay that is away, and goes on once it is back", async () => {
    const outbox = openOutbox();
    const port = receiving.port;
    await receiving[Symbol.asyncDispose]();
    const worker = startWorker(outbox, `smtp://127.0.0.1:${port}`);
    const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => submit(outbox, `user-${n}@d${n % 5}.example`)));
    await expect.poll(async () => (await countQueued(database)).waiting).toBeGreaterThan(0);
    await expect.poll(async () => (await countQueued(database)).claimed).toBe(0);
    // Those that were under way when it was found to be away have had their try; the others have not.
    expect((await countQueued(database)).waiting).toBeLessThan(20);
    receiving = await startReceivingServer("127.0.0.1", port);
    now = new Date(now.getTime() + 120_000);
    worker.wake();
    await quiet();
    expect(receiving.taken).toHaveLength(40);
    for (const id of ids) expect((await eventsOf(id)).at(-1)).toMatch(/^DELIVERY /);
  });

  it("sends from the addresses of pools, and one that is turned away delays the mail of its own pool only", async () => {
    for (const [pool, address] of [
      ["a", "127.0.0.2"],
      ["b", "127.0.0.3"],
    ] as const) {
      await insertPool(database, { name: pool, tags: [] }, 10);
      const ip = { address, scope: defaultScope, ehloName: `host-${pool}.example.com`, registeredAt: now };
      await insertDedicatedIp(database, ip, { today: utcDay(now), limit: 10 });
      await updateWarmup(database, address, { percentage: 100, today: utcDay(now) });
      await moveDedicatedIp(database, address, pool);
      await database.query(
        `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, delivery_options, tags)
         VALUES ($1, $2, true, true, $3::text::jsonb, '[]')`,
        [defaultScope, `set-${pool}`, JSON.stringify({ SendingPoolName: pool })],
      );
    }
    receiving.connect = (address) => (address === "127.0.0.2" ? "554 5.7.1 Your address is listed" : undefined);
    const outbox = openOutbox();
    const worker = startWorker(outbox);
    const ids = new Map<string, string>();
    for (let n = 0; n < 20; n++) {
      const set = n % 2 === 0 ? "set-a" : "set-b";
      ids.set(await submitOf(outbox, set, `${set}-${n}@one.example`), set);
    }
    await expect.poll(() => receiving.taken.length).toBe(10);
    const clients = () =>
      new Set(receiving.taken.map(({ to, client }) => `${to[0]?.slice(0, 5)} ${client.address} ${client.name}`));
    expect([...clients()]).toEqual(["set-b 127.0.0.3 host-b.example.com"]);
    const left = async () => {
      const { waiting, due, claimed } = await countQueued(database);
      return waiting + due + claimed;
    };
    await expect.poll(left).toBe(10);
    receiving.connect = () => undefined;
    // An attempt that was in progress waits for the next time.
    for (let moves = 0; moves < 5 && (await left()) > 0; moves++) {
      now = new Date(now.getTime() + 200_000);
      worker.wake();
      await eventually(async () => expect(await countQueued(database)).toMatchObject({ due: 0, claimed: 0 }));
    }
    expect(await left()).toBe(0);
    expect([...clients()]).toEqual(["set-b 127.0.0.3 host-b.example.com", "set-a 127.0.0.2 host-a.example.com"]);
    for (const [id, set] of ids) {
      const delivery = (await rowsOf(id)).find(({ type }) => type === "DELIVERY");
      expect(delivery?.details).toContain(`host-${set.at(-1)}.example.com`);
    }
    expect(bounced).toEqual([]);
  });
});
