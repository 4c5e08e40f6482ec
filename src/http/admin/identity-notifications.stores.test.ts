import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext } from "../../../test/support/operation-call.ts";
import { errors } from "../../contract/errors.ts";
import { type AccountSettings, createAccountSettings } from "../../operations/account/settings.ts";
import { deleteEmailIdentity } from "../../operations/identities/delete-email-identity.ts";
import type { CheckIdentityTopic } from "../../operations/identities/identity-notifications.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { mountAdminIdentityNotifications } from "./identity-notifications.ts";

const arn = (name: string, region = "us-east-1") => `arn:aws:sns:${region}:123456789012:${name}`;
const none = { Bounce: { headers: false }, Complaint: { headers: false }, Delivery: { headers: false } };

describe.each(databases)("notifications of identities on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  let app: FastifyInstance;
  const checked: Parameters<CheckIdentityTopic>[0][] = [];
  let checkIdentityTopic: CheckIdentityTopic;

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
    app = Fastify({ routerOptions: { maxParamLength: 4096 } });
    mountAdminIdentityNotifications(app, {
      database,
      settings,
      config: { region: "us-east-1" },
      checkIdentityTopic: (topic) => checkIdentityTopic(topic),
    });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    await database.query("DELETE FROM email_identities");
    for (const name of ["a.test", "me@a.test"]) {
      const type = name.includes("@") ? ("EMAIL_ADDRESS" as const) : ("DOMAIN" as const);
      const identity = { name, type, configurationSetName: null, tags: [], createdAt: new Date(0), dkim: undefined };
      await insertIdentity(database, identity, 10);
    }
    settings.invalidate("identities");
    checked.length = 0;
    checkIdentityTopic = async (topic) => void checked.push(topic);
  });

  const url = (name: string) => `/admin/identities/${encodeURIComponent(name)}/notifications`;
  const get = async (name: string) => {
    const answer = await app.inject(url(name));
    return [answer.statusCode, answer.json()];
  };
  const put = async (name: string, body: object) => {
    const answer = await app.inject({ method: "PUT", url: url(name), payload: body });
    return [answer.statusCode, answer.json()];
  };

  test("a new identity has no topics, and forwards feedback by mail", async () => {
    expect(await get("a.test")).toEqual([200, { identity: "a.test", feedbackForwarding: true, notifications: none }]);
  });

  test("what is put replaces all notifications; feedback forwarding stays unless it is given", async () => {
    const first = { Bounce: { topicArn: arn("b"), headers: true }, Complaint: { topicArn: arn("c") } };
    const answered = {
      identity: "a.test",
      feedbackForwarding: false,
      notifications: {
        Bounce: { topicArn: arn("b"), headers: true },
        Complaint: { topicArn: arn("c"), headers: false },
        Delivery: { headers: false },
      },
    };
    expect(await put("A.test", { feedbackForwarding: false, notifications: first })).toEqual([200, answered]);
    expect(await get("a.test")).toEqual([200, answered]);

    const second = { ...none, Delivery: { topicArn: arn("d"), headers: true }, Bounce: { headers: true } };
    const changed = { ...answered, notifications: second };
    expect(await put("a.test", { notifications: second })).toEqual([200, changed]);
    expect(await get("a.test")).toEqual([200, changed]);
    expect(await get("me@a.test")).toMatchObject([200, { feedbackForwarding: true, notifications: none }]);
  });

  test("a topic is checked when it is set or changed, before anything is stored", async () => {
    const notifications = { Bounce: { topicArn: arn("one") }, Complaint: { topicArn: arn("one") } };
    await put("me@a.test", { notifications });
    await put("me@a.test", { notifications: { ...notifications, Complaint: { topicArn: arn("two") } } });
    expect(checked).toEqual([
      { identity: "me@a.test", type: "Bounce", arn: arn("one") },
      { identity: "me@a.test", type: "Complaint", arn: arn("one") },
      { identity: "me@a.test", type: "Complaint", arn: arn("two") },
    ]);
    const before = await get("me@a.test");
    checkIdentityTopic = async () => {
      throw errors.targetArn("SNS topic", "nowhere");
    };
    expect(
      await put("me@a.test", { feedbackForwarding: false, notifications: { Bounce: { topicArn: arn("three") } } }),
    ).toEqual([400, { message: "Invalid SNS topic ARN <nowhere>." }]);
    expect(await get("me@a.test")).toEqual(before);
  });

  test.each([
    [arn("events", "eu-west-1"), `The SNS topic <${arn("events", "eu-west-1")}> is not in the region <us-east-1>.`],
    [arn("events.fifo"), `The SNS topic <${arn("events.fifo")}> is a FIFO topic: only standard topics are supported.`],
    ["events", "Invalid SNS topic ARN <events>."],
    ["", "Invalid SNS topic ARN <>."],
    ["a\0b", "Invalid SNS topic ARN <a\0b>."],
  ])("the topic %j is refused, and nothing changes", async (topicArn, message) => {
    const notifications = { Bounce: { topicArn: arn("good") }, Delivery: { topicArn } };
    expect(await put("a.test", { feedbackForwarding: false, notifications })).toEqual([400, { message }]);
    expect(await get("a.test")).toMatchObject([200, { feedbackForwarding: true, notifications: none }]);
    expect(checked).toEqual([]);
  });

  test.each(["b.test", "you@a.test", "no identity", "%00", "x".repeat(300)])("no identity: %s", async (name) => {
    const refused = { message: `Identity ${name} is invalid. Must be a verified email address or domain.` };
    expect(await get(name)).toEqual([400, refused]);
    expect(await put(name, { notifications: {} })).toEqual([400, refused]);
  });

  test.each([
    {},
    { notifications: [] },
    { notifications: {}, other: 1 },
    { notifications: { Bounce: [] } },
    { notifications: { Open: {} } },
    { notifications: { Bounce: arn("events") } },
    { notifications: { Bounce: { topicArn: null } } },
    { notifications: { Bounce: { topicArn: "x".repeat(3000) } } },
    { notifications: { Bounce: { headers: "true" } } },
    { notifications: {}, feedbackForwarding: null },
  ])("the body %j is refused", async (body) => {
    const [status, answer] = await put("a.test", body);
    expect(status).toBe(400);
    expect(answer.message).toMatch(/^The body must be a JSON object: /);
    expect(await get("a.test")).toMatchObject([200, { notifications: none }]);
  });

  test("the publisher sees each change at once, and only topics", async () => {
    expect(await settings.identityNotifications()).toEqual(new Map());
    await put("a.test", {
      notifications: { Bounce: { topicArn: arn("b"), headers: true }, Complaint: { headers: true } },
    });
    await put("me@a.test", { notifications: { Delivery: { topicArn: arn("d") } } });
    expect(await settings.identityNotifications()).toEqual(
      new Map([
        ["a.test", { Bounce: { topicArn: arn("b"), headers: true } }],
        ["me@a.test", { Delivery: { topicArn: arn("d"), headers: false } }],
      ]),
    );
    await deleteEmailIdentity({ database, settings })({ EmailIdentity: "a.test" }, callContext());
    expect([...(await settings.identityNotifications()).keys()]).toEqual(["me@a.test"]);
  });

  test("an identity that is deleted meanwhile is unknown", async () => {
    checkIdentityTopic = async () => void (await database.query("DELETE FROM email_identities"));
    expect(await put("a.test", { notifications: { Bounce: { topicArn: arn("b") } } })).toEqual([
      400,
      { message: "Identity a.test is invalid. Must be a verified email address or domain." },
    ]);
  });
});
