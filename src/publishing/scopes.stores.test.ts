/** Nothing that is published crosses scopes: two accounts, and two regions of one, with the same names of everything. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { addScope } from "../../test/support/other-scopes.ts";
import { rowOf } from "../../test/support/published-mail.ts";
import { idsOf, PublishingRun } from "../../test/support/publishing-run.ts";
import { openScopes } from "../accounts/scopes.ts";
import type { MailEvent } from "../events/event.ts";
import { defaultScope, inScope, queryableInScope, type ScopedDatabase } from "../stores/postgres/database.ts";
import { selectBacklogs } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatus } from "../stores/postgres/publication-targets.ts";
import { countUnrouted } from "../stores/postgres/publications.ts";
import { insertWebhook } from "../stores/postgres/webhooks.ts";
import { createArchive } from "./archive.ts";
import { createAwsSenders } from "./aws/aws-senders.ts";
import { createMessageRenderers } from "./message-renderers.ts";
import { createPublishingFeed } from "./publishing-feed.ts";
import { createRenderer } from "./renderer.ts";
import { createReplayFilters } from "./replay-filters.ts";
import { createSubscriptionSource, type SubscriptionSource } from "./subscription-source.ts";
import { createTargetList } from "./target-list.ts";
import { createTargetSenders } from "./target-senders.ts";
import { createTopics } from "./webhooks/topic.ts";

const bus = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const webhookIds = ["11111111-2222-4333-8444-000000000001", "11111111-2222-4333-8444-000000000002"];
const types = ["SEND", "BOUNCE", "DELIVERY", "SUPPRESSION_ADDED", "SENDING_PAUSED"];
const topics = createTopics({ key: new Uint8Array(32), publicUrl: () => "" });

describe.each(databases)("publishing in several scopes with $name", ({ open }) => {
  let database: ScopedDatabase;
  let run: PublishingRun;
  let source: SubscriptionSource;
  let others: number[];
  let scopes: number[];

  beforeEach(async () => {
    database = await open();
    run = new PublishingRun(database);
    const other = await addScope(database, "222222222222", "us-east-1");
    const region = await addScope(database, "000000000000", "eu-west-1");
    others = [other.id, region.id];
    scopes = [defaultScope, ...others];
    source = createSubscriptionSource({ database, eventBus: bus, clock: () => new Date(0) });
  });
  afterEach(async () => {
    await run.stop();
    await database.close();
  });

  /** The default scope and the other account have the same names; the other region has nothing. */
  async function addTargets(): Promise<string[]> {
    const destinations: string[] = [];
    for (const [index, scope] of [defaultScope, others[0] ?? 0].entries()) {
      await database.query(
        `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
         VALUES ($1, 'news', true, true, '[]')`,
        [scope],
      );
      const [row] = await database.query<{ id: string }>(
        `INSERT INTO event_destinations (scope, configuration_set, name, enabled, event_types, target)
         VALUES ($1, 'news', 'a', true, '{SEND,BOUNCE}', $2::text::jsonb) RETURNING id`,
        [scope, JSON.stringify({ SnsDestination: { TopicArn: "arn:aws:sns:us-east-1:000000000000:hook" } })],
      );
      destinations.push(`destination:${row?.id}`);
      await database.query(
        "INSERT INTO email_identities (scope, name, type, tags) VALUES ($1, 'example.com', 'DOMAIN', '[]')",
        [scope],
      );
      await database.query(
        `INSERT INTO identity_notifications (scope, identity, type, topic_arn, headers)
         VALUES ($1, 'example.com', 'Bounce', $2, $3)`,
        [scope, `arn:aws:sns:us-east-1:000000000000:${scope}`, index === 1],
      );
      const webhook = { id: webhookIds[index] ?? "", name: "hook", url: `https://${index}.example/` } as const;
      const rest = {
        envelope: "event",
        signatureVersion: "1",
        configurationSet: null,
        sealedSecret: Buffer.of(1),
      } as const;
      await insertWebhook(
        inScope(database, scope),
        { ...webhook, ...rest, eventTypes: types, createdAt: new Date() },
        1,
      );
    }
    return destinations;
  }

  it("reads who wants events by scope", async () => {
    expect((await source.current()).of(defaultScope).list.map(({ target }) => target)).toEqual(["bus"]);
    const destinations = await addTargets();
    for (const what of ["destinations", "notifications", "webhooks"] as const) source.changed(what);
    const current = await source.current();
    const wanted = scopes.map((scope) => {
      const { list, notifications } = current.of(scope);
      const topic = notifications.of("BOUNCE", { source: "a@example.com", identity: "example.com" });
      return [...list.map(({ target }) => target), topic];
    });
    expect(wanted).toEqual([
      [destinations[0], `webhook:${webhookIds[0]}`, "bus", { target: "identity:Bounce:example.com", headers: false }],
      [
        ...[destinations[1], `webhook:${webhookIds[1]}`, `bus@${others[0]}`],
        { target: `identity@${others[0]}:Bounce:example.com`, headers: true },
      ],
      [`bus@${others[1]}`, undefined],
    ]);
    expect(await source.current()).toBe(current);
  });

  it("gives each target the events of its scope only, and writes those that are wanted there only", async () => {
    const [first, second] = scopes;
    const own = run.subscribe("webhook:own", { configurationSet: undefined });
    const other = run.subscribe("webhook:other", { scope: second ?? 0 });
    run.start();
    const sent: MailEvent[][] = scopes.map((scope) => run.sent("news", scope));
    for (const events of sent) await run.commit(events);
    await run.settled();
    expect(idsOf(own)).toEqual(sent[0]?.map(({ id }) => id));
    expect(idsOf(other)).toEqual(sent[1]?.map(({ id }) => id));
    const [kept] = await database.query<{ events: number }>("SELECT sum(events)::integer AS events FROM publications");
    expect(kept).toEqual({ events: 4 });
    expect(first).toBe(defaultScope);
  });

  it("decides by the scope of later events, too", async () => {
    const [, second = 0] = scopes;
    const own = run.subscribe("destination:own");
    const other = run.subscribe("destination:other", { scope: second });
    run.start();
    const [[send, delivery], [otherSend, otherDelivery]] = [run.sent("news"), run.sent("news", second)];
    await run.commit([send]);
    await run.commit([otherSend]);
    await run.commit([otherDelivery], { configurationSet: "news" });
    await run.commit([delivery], { configurationSet: "news" });
    await run.settled();
    expect(idsOf(own)).toEqual([send.id, delivery.id]);
    expect(idsOf(other)).toEqual([otherSend.id, otherDelivery.id]);
  });

  it("tells of paused sending and suppressed addresses in the scope where they happened", async () => {
    const [, second = 0, third = 0] = scopes;
    const wantsAll = { configurationSet: undefined, types: new Set(["SENDING_PAUSED", "SUPPRESSION_ADDED"] as const) };
    const own = run.subscribe("webhook:own", wantsAll);
    const other = run.subscribe("webhook:other", { ...wantsAll, scope: second });
    run.start();
    const feed = createPublishingFeed(run.subscriptions);
    const interest = await feed.interest();
    const writer = await feed.accountEvents();
    const now = new Date();
    const status = { at: now, cause: "Status manually updated.", by: "user" } as const;
    for (const scope of [second, third]) {
      await inScope(database, scope).transaction((transaction) =>
        writer.write(transaction, [{ type: "SENDING_PAUSED", ...status }], now),
      );
    }
    const added = { address: "a@b.test", reason: "BOUNCE", tenant: "", updatedAt: now, messageId: "m" } as const;
    await database.transaction(async (transaction) => {
      for (const scope of [defaultScope, third]) {
        await interest?.suppressed(queryableInScope(transaction, scope), [{ ...added, scope, feedbackId: null }], now);
      }
    });
    await run.settled();
    expect(own.calls.flat().map(({ type }) => type)).toEqual(["SUPPRESSION_ADDED"]);
    expect(other.calls.flat().map(({ type }) => type)).toEqual(["SENDING_PAUSED"]);
    expect(await database.query("SELECT scope FROM publications ORDER BY scope")).toEqual([
      { scope: defaultScope },
      { scope: second },
    ]);
  });

  it("names the account and region of the message's scope", async () => {
    const known = await openScopes(database, { accountId: "000000000000", region: "us-east-1" });
    const render = createRenderer(
      { objects: { read: async () => undefined }, recentHeaders: { of: () => undefined } },
      async (scope) => ({ ...(await known.byId(scope)), hostname: "mail.example" }),
    );
    const mails = [];
    for (const scope of scopes) {
      const [row, delivery] = run.sent("news", scope).map(rowOf);
      if (!row || !delivery) throw new Error("there are no events");
      const renderer = await render(row);
      const { sourceArn, sendingAccountId } = JSON.parse(renderer.event(row)).mail;
      expect(JSON.parse(renderer.notification(delivery, { headers: false })).mail).toMatchObject({
        sourceArn,
        sendingAccountId,
      });
      mails.push([sourceArn, sendingAccountId]);
    }
    expect(mails).toEqual([
      ["arn:aws:ses:us-east-1:000000000000:identity/example.com", "000000000000"],
      ["arn:aws:ses:us-east-1:222222222222:identity/example.com", "222222222222"],
      ["arn:aws:ses:eu-west-1:000000000000:identity/example.com", "000000000000"],
    ]);
  });

  it("replays, resends and shows what the scope published, and nothing else", async () => {
    const [first = "", second = ""] = await addTargets();
    run.subscribe(first);
    run.subscribe(second, { scope: others[0] ?? 0 });
    const [own, other] = [run.sent("news"), run.sent("news", others[0])];
    await run.commit(own);
    await run.commit(other);
    await database.query(
      "UPDATE publications SET routed_at = now(), scope = $1 WHERE id = (SELECT max(id) FROM publications)",
      [others[0]],
    );
    await database.query("UPDATE publications SET routed_at = now()");
    const render = async (send: ReturnType<typeof rowOf>) => ({
      configurationSet: send.configuration_set ?? "",
      identity: "example.com",
      source: "a@example.com",
      event: ({ type }: { type: string }) => type,
      notification: () => "",
    });
    const archive = createArchive({
      database,
      renderers: createMessageRenderers({ database, render, history: async () => [] }),
      filtersOf: createReplayFilters({ subscriptions: source, topicArnOf: topics.topicArn, database }),
      queued: () => {},
      clock: () => new Date(),
    });
    const period = { from: new Date(0), to: new Date(Date.now() + 60_000) };
    const otherTarget = { scope: others[0] ?? 0, target: second };
    // Of SEND and DELIVERY, the destinations want the first.
    expect(await archive.replay(otherTarget, period)).toBe(1);
    expect(await archive.replay({ ...otherTarget, target: first }, period)).toBe(0);
    expect(await archive.replay({ scope: others[1] ?? 0, target: second }, period)).toBe(0);
    const [row] = await database.query<{ id: number }>("SELECT id FROM publications WHERE scope = $1", [others[0]]);
    const event = { id: other[1].id, publication: row?.id ?? 0 };
    expect(await archive.find(others[0] ?? 0, event)).toMatchObject({ id: event.id });
    expect(await archive.find(defaultScope, event)).toBeUndefined();
    expect(await archive.resend({ scope: defaultScope, target: first }, event)).toBe(false);
    expect(await archive.resend(otherTarget, event)).toBe(true);
    const waiting = async (scope?: number) =>
      (await selectBacklogs(database, scope)).map(({ target, events }) => [target, events]);
    expect(await waiting()).toEqual([[second, 2]]);
    expect(await waiting(others[0])).toEqual([[second, 2]]);
    expect(await waiting(defaultScope)).toEqual([]);
    await database.query("UPDATE publications SET routed_at = NULL");
    const unrouted = [undefined, ...scopes].map((scope) => countUnrouted(database, scope));
    expect((await Promise.all(unrouted)).map(({ events }) => events)).toEqual([4, 2, 2, 0]);
  });

  it("lists the targets of a scope or of all, and the webhook of a topic in its own scope only", async () => {
    const destinations = await addTargets();
    const aws = createAwsSenders({ eventBridgeSource: "x", cloudWatchNamespace: "X" });
    const list = createTargetList({ database, aws, topics, eventBus: bus });
    const namesOf = (scope: number) => {
      const index = scopes.indexOf(scope);
      const suffix = index === 0 ? "" : `@${scope}`;
      if (index === 2) return [`bus${suffix}`];
      return [
        destinations[index],
        `webhook:${webhookIds[index]}`,
        `identity${suffix}:Bounce:example.com`,
        `bus${suffix}`,
      ];
    };
    for (const scope of scopes) {
      const listed = await list(scope);
      expect(listed.map(({ target }) => target)).toEqual(namesOf(scope));
      expect(new Set(listed.map((one) => one.scope))).toEqual(new Set([scope]));
    }
    const all = await list(undefined);
    expect(all.map(({ target }) => target).sort()).toEqual(scopes.flatMap(namesOf).sort());
    // Both destinations name the topic of the default scope's webhook.
    const led = all.flatMap(({ description }) =>
      description.kind === "eventDestination" ? [description.webhook] : [],
    );
    expect(led).toEqual(["hook", undefined]);
    aws.close();
  });

  it("sends to the topic of an identity of the scope, with the account and region of the target's scope", async () => {
    const destinations = await addTargets();
    const asked: unknown[] = [];
    const nothing = { undeliverable: "asked only" };
    const stateOf = createTargetSenders({
      database,
      aws: {
        forDestination(_target, owner) {
          asked.push(owner);
          return nothing;
        },
        forNotifications(arn) {
          asked.push(arn);
          return nothing;
        },
        checkTopic: () => Promise.reject(new Error("not asked for")),
        close() {},
      },
      webhookSender: () => ({ limits: { events: 1, bytes: 1 }, send: async () => [] }),
      webhookByArn: async () => undefined,
      eventBus: bus,
      scopeOf: (await openScopes(database, { accountId: "000000000000", region: "us-east-1" })).byId,
    });
    const [second, third] = others;
    const bounces = ["identity:Bounce:example.com", `identity@${second}:Bounce:example.com`];
    for (const target of [...bounces, `identity@${third}:Bounce:example.com`]) await stateOf(target);
    expect(asked.splice(0)).toEqual(
      [defaultScope, second].map((scope) => `arn:aws:sns:us-east-1:000000000000:${scope}`),
    );
    for (const target of [...destinations, "bus", `bus@${second}`, `bus@${third}`]) await stateOf(target);
    const owners = [
      { id: defaultScope, accountId: "000000000000", region: "us-east-1" },
      { id: second, accountId: "222222222222", region: "us-east-1" },
      { id: third, accountId: "000000000000", region: "eu-west-1" },
    ];
    expect(asked).toEqual([owners[0], owners[1], ...owners]);
  });

  it("keeps what waits for a target of one scope from holding up the same target of another", async () => {
    const [, second = 0] = scopes;
    run.subscribe("bus", { configurationSet: undefined });
    run.senders.set("bus", "held");
    const other = run.subscribe(`bus@${second}`, { configurationSet: undefined, scope: second });
    run.start({ limits: { events: 5 } });
    const routed = () => eventually(async () => expect(await countUnrouted(database)).toMatchObject({ events: 0 }));
    for (let round = 0; round < 4; round++) {
      await run.commit(run.sent("news"));
      await routed();
    }
    for (let round = 0; round < 2; round++) await run.commit(run.sent("news", second));
    await eventually(async () => {
      expect(await selectTargetStatus(database, `bus@${second}`)).toMatchObject({ delivered: 4, discarded: 0 });
    });
    expect(idsOf(other)).toHaveLength(4);
    expect(await selectBacklogs(database, defaultScope)).toMatchObject([{ target: "bus", events: 6 }]);
    expect(await selectTargetStatus(database, "bus")).toMatchObject({ discarded: 2 });
  });
});
