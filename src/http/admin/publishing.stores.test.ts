import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminRefusal, callAdmin } from "../../../test/support/admin-call.ts";
import { databases } from "../../../test/support/databases.ts";
import { adminScope } from "../../../test/support/default-scope.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import { openTestWebhooks } from "../../../test/support/test-webhooks.ts";
import type { PublishingOverview } from "../../admin-api/publishing.ts";
import type { Period, ScopedTarget } from "../../publishing/archive.ts";
import { createAwsSenders } from "../../publishing/aws/aws-senders.ts";
import { createTargetList } from "../../publishing/target-list.ts";
import { defaultScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { type EventTarget, insertEventDestination } from "../../stores/postgres/event-destinations.ts";
import { insertPublicationBatches } from "../../stores/postgres/publication-batches.ts";
import { recordTargetResult } from "../../stores/postgres/publication-targets.ts";
import { insertAccountPublication, postponeRouting } from "../../stores/postgres/publications.ts";
import { disableWebhook, insertWebhook } from "../../stores/postgres/webhooks.ts";
import { answerFault } from "./faults.ts";
import { mountAdminPublishing } from "./publishing.ts";

const bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default";
const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:${name}`;
const config = { eventBridgeSource: "x", cloudWatchNamespace: "X" };
const at = new Date("2026-11-24T09:00:00.000Z");
const time = at.toISOString();

const stream = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail";
const application = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/a";
const dimension = { DimensionName: "a", DimensionValueSource: "MESSAGE_TAG", DefaultDimensionValue: "b" } as const;
const destinations: Readonly<Record<string, EventTarget>> = {
  bus: { EventBridgeDestination: { EventBusArn: bus } },
  counts: { CloudWatchDestination: { DimensionConfigurations: [dimension] } },
  hooks: { SnsDestination: { TopicArn: topic("hook") } },
  pinpoint: { PinpointDestination: { ApplicationArn: application } },
  sns: { SnsDestination: { TopicArn: topic("other") } },
  stream: { KinesisFirehoseDestination: { IamRoleArn: "arn:aws:iam::1:role/x", DeliveryStreamArn: stream } },
};

describe.each(databases)("the admin API of publishing on $name", ({ open }) => {
  const { log } = recordingLog("error");
  const aws = createAwsSenders(config);
  const webhookId = randomUUID();
  let database: ScopedDatabase;
  let app: FastifyInstance;
  let replays: [string, Period][];
  let ids: Record<string, string>;

  beforeAll(async () => {
    database = await open();
    const { topics, client } = await openTestWebhooks(database, { clock: () => at, log });
    await client.close();
    app = Fastify();
    app.setErrorHandler(answerFault);
    const archive = {
      async replay({ target }: ScopedTarget, period: Period) {
        replays.push([target, period]);
        return 12;
      },
    };
    mountAdminPublishing(app, {
      database,
      adminScope,
      limitedTo: adminScope,
      targets: createTargetList({ database, aws, topics, eventBus: bus }),
      archive,
    });
  });
  afterAll(async () => {
    await app.close();
    aws.close();
    await database.close();
  });
  beforeEach(async () => {
    replays = [];
    for (const table of [
      "publications",
      "publication_batches",
      "publication_targets",
      "webhooks",
      "email_identities",
    ]) {
      await database.query(`DELETE FROM ${table}`);
    }
    await database.query("DELETE FROM configuration_sets");
    await database.query(
      "INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags) VALUES (1, 'news', true, true, '[]')",
    );
    for (const [name, target] of Object.entries(destinations)) {
      const destination = { configurationSet: "news", name, enabled: true, eventTypes: ["SEND"], target } as const;
      await insertEventDestination(database, destination, 10);
    }
    const rows = await database.query<{ name: string; id: string }>("SELECT name, id FROM event_destinations");
    ids = Object.fromEntries(rows.map(({ name, id }) => [name, id]));
    const webhook = { id: webhookId, name: "hook", url: "https://a.example/", envelope: "event" } as const;
    const rest = { signatureVersion: "1", configurationSet: null, eventTypes: ["SEND"], createdAt: at } as const;
    await insertWebhook(database, { ...webhook, ...rest, sealedSecret: Buffer.of(1) }, 1);
    await database.query("INSERT INTO email_identities (scope, name, type, tags) VALUES (1, 'a.test', 'DOMAIN', '[]')");
    await database.query(
      "INSERT INTO identity_notifications (scope, identity, type, topic_arn) VALUES (1, 'a.test', 'Bounce', $1), (1, 'a.test', 'Delivery', NULL)",
      [topic("other")],
    );
  });

  const overview = () => callAdmin<PublishingOverview>(app, "GET", "/admin/publishing");
  const replay = (body: unknown) => callAdmin(app, "POST", "/admin/publishing/replay", body);
  const refusal = (body: unknown) => adminRefusal(app, "POST", "/admin/publishing/replay", body);
  const batch = {
    scope: defaultScope,
    events: 3,
    bytes: 900,
    payload: Buffer.of(1),
    dueAt: undefined,
    tries: 0,
    createdAt: at,
  };

  it("lists every target, also those that nothing was published to yet", async () => {
    const idle = { backlog: { events: 0, bytes: 0 }, status: { delivered: 0, discarded: 0 } };
    const sending = { enabled: true, deliverable: true, ...idle };
    const inSet = (eventDestination: string) => ({
      kind: "eventDestination",
      configurationSet: "news",
      eventDestination,
      target: `destination:${ids[eventDestination]}`,
    });
    const reason = "Pinpoint destinations are stored, and nothing is sent to them.";
    expect(await overview()).toEqual({
      unrouted: { events: 0, failed: 0 },
      targets: [
        { ...inSet("bus"), service: "EventBridge", arn: bus, ...sending },
        { ...inSet("counts"), service: "CloudWatch", ...sending },
        { ...inSet("hooks"), service: "SNS", arn: topic("hook"), webhook: "hook", ...sending },
        { ...inSet("pinpoint"), service: "Pinpoint", arn: application, ...sending, deliverable: false, reason },
        { ...inSet("sns"), service: "SNS", arn: topic("other"), ...sending },
        { ...inSet("stream"), service: "Firehose", arn: stream, ...sending },
        {
          kind: "webhook",
          id: webhookId,
          name: "hook",
          url: "https://a.example/",
          target: `webhook:${webhookId}`,
          ...sending,
        },
        {
          kind: "identity",
          identity: "a.test",
          notificationType: "Bounce",
          arn: topic("other"),
          target: "identity:Bounce:a.test",
          ...sending,
        },
        { kind: "eventBus", arn: bus, target: "bus", ...sending },
      ],
    });
  });

  it("shows what waits, and how it went", async () => {
    const row = { now: at, events: 2, payload: Buffer.of(1) };
    await insertAccountPublication(database, row);
    await insertAccountPublication(database, { ...row, events: 5 });
    const [first] = await database.query<{ id: number }>("SELECT min(id) AS id FROM publications");
    await postponeRouting(database, [{ id: first?.id ?? 0, reason: "of a test" }], at);
    const target = `destination:${ids.sns}`;
    const gone = `destination:${randomUUID()}`;
    await insertPublicationBatches(database, [
      { ...batch, target },
      { ...batch, target, createdAt: new Date(at.getTime() + 1) },
      { ...batch, target: gone },
    ]);
    await recordTargetResult(database, { target, delivered: 7, discarded: 1, error: undefined, at });
    await recordTargetResult(database, { target, delivered: 0, discarded: 1, error: "it is away", at });
    const { unrouted, targets } = await overview();
    expect(unrouted).toEqual({ events: 7, failed: 2 });
    expect(targets.find((one) => one.target === target)).toMatchObject({
      backlog: { events: 6, bytes: 1800, oldestAt: time },
      status: {
        delivered: 7,
        discarded: 2,
        lastDeliveredAt: time,
        failingSince: time,
        lastFailedAt: time,
        lastError: "it is away",
      },
    });
    expect(targets.at(-1)).toEqual({
      kind: "deleted",
      target: gone,
      enabled: false,
      deliverable: false,
      reason: "It was deleted: what waits for it is discarded.",
      backlog: { events: 3, bytes: 900, oldestAt: time },
      status: { delivered: 0, discarded: 0 },
    });
  });

  it("tells why nothing is sent to a target", async () => {
    await database.query("UPDATE event_destinations SET enabled = false WHERE name = 'sns'");
    await disableWebhook(database, webhookId, "every try has failed");
    await database.query("UPDATE identity_notifications SET topic_arn = $1 WHERE type = 'Delivery'", [topic("hook")]);
    await database.query(`UPDATE event_destinations SET target = '{"FutureDestination":{}}' WHERE name = 'bus'`);
    const obstacles = (await overview()).targets
      .filter(({ deliverable }) => !deliverable)
      .map(({ target, enabled, reason }) => [target, enabled, reason]);
    const disabled = "The webhook is disabled: every try has failed.";
    expect(obstacles).toEqual([
      [`destination:${ids.bus}`, true, "This version of Mailglass does not know the kind of destination."],
      [`destination:${ids.hooks}`, true, disabled],
      [`destination:${ids.pinpoint}`, true, "Pinpoint destinations are stored, and nothing is sent to them."],
      [`destination:${ids.sns}`, false, "The event destination is disabled."],
      [`webhook:${webhookId}`, false, disabled],
      ["identity:Delivery:a.test", true, disabled],
    ]);
  });

  it("replays a period to an event destination", async () => {
    const range = { from: "2026-11-24T00:00:00Z", to: "2026-11-24T02:00:00+01:00" };
    const body = { configurationSet: "news", eventDestination: "hooks", ...range };
    expect(await replay(body)).toEqual({ events: 12 });
    expect(replays).toEqual([
      [`destination:${ids.hooks}`, { from: new Date(range.from), to: new Date("2026-11-24T01:00:00Z") }],
    ]);
  });

  it("refuses a replay that can't be done, and queues nothing", async () => {
    const good = { configurationSet: "news", eventDestination: "sns", from: time, to: "2026-11-25T00:00:00Z" };
    const shape = "The body must be a JSON object with the texts configurationSet, eventDestination, from and to.";
    for (const bad of [
      undefined,
      null,
      [],
      "x",
      {},
      { ...good, to: undefined },
      { ...good, from: 1 },
      { ...good, x: 1 },
    ]) {
      expect(await refusal(bad)).toEqual([400, shape]);
    }
    expect(await refusal({ ...good, to: "tomorrow" })).toEqual([
      400,
      "to must be an instant such as 2026-11-24T00:00:00Z.",
    ]);
    expect(await refusal({ ...good, to: good.from })).toEqual([400, "from must be before to."]);
    for (const name of ["SNS", "", "sns\0", "x".repeat(10_000)]) {
      const missing = `An event destination with name <${name}> does not exist for configuration set <news>.`;
      expect(await refusal({ ...good, eventDestination: name })).toEqual([404, missing]);
    }
    expect(await refusal({ ...good, configurationSet: "other" })).toEqual([
      404,
      "An event destination with name <sns> does not exist for configuration set <other>.",
    ]);
    expect(await refusal({ ...good, eventDestination: "pinpoint" })).toEqual([
      409,
      "Pinpoint destinations are stored, and nothing is sent to them.",
    ]);
    await database.query("UPDATE event_destinations SET enabled = false WHERE name = 'sns'");
    expect(await refusal(good)).toEqual([409, "The event destination is disabled."]);
    await disableWebhook(database, webhookId, "of a test");
    expect(await refusal({ ...good, eventDestination: "hooks" })).toEqual([409, "The webhook is disabled: of a test."]);
    expect(replays).toEqual([]);
  });
});
