/**
 * Accounts and regions as a property: whatever one scope calls, with names, IDs, ARNs and tokens of the others, the
 * others see the same as before, and no answer to it has anything of theirs.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { utcDay } from "../src/dedicated-ips/warmup-plan.ts";
import { readHistory } from "../src/events/history.ts";
import { insertDedicatedIp } from "../src/stores/postgres/dedicated-ips.ts";
import { findScope } from "../src/stores/postgres/scopes.ts";
import { allPublished } from "./support/all-published.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { type Attempt, adminCalls, attempts, foreignIds, operationCalls } from "./support/isolation-calls.ts";
import { type View, viewOf, viewOfTenant } from "./support/isolation-views.ts";
import { type Actor, arnOf, dedicatedIpOf, fill, fourScopes, tenants } from "./support/isolation-world.ts";
import { bounceEvent } from "./support/mail-events.ts";
import { runs } from "./support/runs.ts";
import { simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

let server: InProcessServer;
let receiver: WebhookReceiver;
let actors: Actor[];
/** What each scope saw last. */
const views = new Map<Actor, View>();

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  server = await startInProcess({
    environment: {
      MAILGLASS_AUTH: "required",
      MAILGLASS_REGIONS: "eu-west-1",
      MAILGLASS_RATE_LIMITS: "off",
      MAILGLASS_CONTACT_LISTS: "3",
    },
  });
  actors = await fourScopes(server);
  for (const me of actors) {
    await fill(me, receiver.url);
    await register(me);
    const first = { me, all: [me], pick: picking([]) };
    await adminCalls.upload?.(first);
    for (const name of ["SendEmail", "CreateExportJob", "CreateImportJob"] as const) await operationCalls[name](first);
  }
  await settled();
  for (const me of actors) views.set(me, await viewOf(me));
});
afterAll(async () => {
  for (const { client } of actors) client.destroy();
  await server.close();
  await receiver.close();
});

/** Registers an address for a scope, as the operator does. */
async function register(me: Actor): Promise<void> {
  const scope = await findScope(server.database, me.account, me.region);
  if (!scope) throw new Error("the scope is in use");
  const ip = { address: dedicatedIpOf(me), scope: scope.id, ehloName: "mail.example.com", registeredAt: new Date() };
  expect(await insertDedicatedIp(server.database, ip, { today: utcDay(new Date()), limit: 10 })).toBe("registered");
}

/** Waits until jobs have ended and events were published and recorded: nothing more will change by itself. */
async function settled(): Promise<void> {
  await eventually(async () => {
    const open = await server.database.query(
      `SELECT id FROM export_jobs WHERE status IN ('CREATED', 'PROCESSING')
       UNION ALL SELECT id FROM import_jobs WHERE status IN ('CREATED', 'PROCESSING')`,
    );
    expect(open).toEqual([]);
  });
  await allPublished(server);
  await server.recorder.drained();
}

/** Takes the choices with these numbers in turn; the first ones without numbers. */
function picking(numbers: readonly number[]): Attempt["pick"] {
  let at = 0;
  return (choices) => {
    const number = numbers[at++ % Math.max(numbers.length, 1)] ?? 0;

    const chosen = choices.slice(number % choices.length);
    for (const choice of chosen) return choice;
    throw new Error("there is nothing to choose from");
  };
}

const steps = fc.array(
  fc.record({ call: fc.nat(attempts.length - 1), choices: fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }) }),
  { minLength: 20, maxLength: 40 },
);

it.each([0, 1, 2, 3])("nothing that scope %i calls shows, changes or suppresses anything elsewhere", async (who) => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const me = actors[who];
      if (!me) throw new Error("there are four");
      const others = actors.filter((one) => one !== me);
      for (const { call, choices } of sequence) {
        const pick = picking(choices);
        const answer = await attempts[call]?.({ me, all: actors, pick }).then(
          (given) => ({ given: JSON.stringify(given), refused: false }),
          (error: Error) => ({ given: error.message, refused: true }),
        );
        // A refusal may repeat an ID that was asked for.
        const hidden = answer?.refused ? [] : foreignIds(me, actors);
        for (const text of [...hidden, ...others.map(({ marker }) => marker)]) {
          if (answer?.given.includes(text) && !isEcho(text, answer.given)) expect(answer.given).not.toContain(text);
        }
      }
      await settled();
      for (const other of others) expect(await viewOf(other)).toEqual(views.get(other));
      views.set(me, await viewOf(me));
    }),
    // Each run finds the state that the last one left, so a shorter sequence would tell nothing.
    { numRuns: runs(1), endOnFailure: true },
  );
  expect(server.logged).toEqual([]);
});

it("nothing that is done for one tenant shows in, changes or suppresses anything for another", async () => {
  const [me] = actors;
  if (!me) throw new Error("there are four");
  const [mine = "", other = ""] = tenants;
  const Destination = { ToAddresses: ["someone@example.net"] };
  const resources = ["identity/tenants.example", "configuration-set/tenants", "template/tenants"];
  await me.client.createEmailIdentity({ EmailIdentity: "tenants.example" });
  await me.client.createConfigurationSet({ ConfigurationSetName: "tenants" });
  await me.client.createEmailTemplate({ TemplateName: "tenants", TemplateContent: { Text: "x" } });
  await me.client.putAccountSendingAttributes({ SendingEnabled: true });
  for (const TenantName of [mine, other]) {
    await me.client.deleteTenant({ TenantName }).catch(() => undefined);
    await me.client.createTenant({
      TenantName,
      SuppressionAttributes: { SuppressedReasons: ["BOUNCE", "COMPLAINT"], SuppressionScope: "TENANT" },
    });
    for (const resource of resources) {
      await me.client.createTenantResourceAssociation({ TenantName, ResourceArn: arnOf(me, resource) });
    }
  }
  const from = { FromEmailAddress: "a@tenants.example", ConfigurationSetName: "tenants", Destination };
  const send = (TenantName: string) => me.client.sendEmail(simple({ ...from, TenantName }));
  const lastEvents = async (id: string | undefined) => (await readHistory(server, id ?? "")).map(({ type }) => type);
  const bounce = async (TenantName: string) => {
    const { MessageId = "" } = await send(TenantName);
    const [sent] = await readHistory(server, MessageId);
    if (!sent) throw new Error("the message has no history");
    const { scope, recipient } = sent;
    const at = new Date();
    const event = bounceEvent({ scope, messageId: MessageId, sentAt: at, recipient, at });
    await server.outbox.record([event], { scope, configurationSet: "tenants", tenant: TenantName });
  };
  const work: readonly (() => Promise<unknown>)[] = [
    () => send(mine),
    () => bounce(mine),
    () => me.client.sendEmail(simple({ ...from, Destination: { ToAddresses: [simulator] }, TenantName: mine })),
    () => me.client.putSuppressedDestination({ EmailAddress: "x@example.net", Reason: "BOUNCE", TenantName: mine }),
    () => me.client.deleteSuppressedDestination({ EmailAddress: "x@example.net", TenantName: mine }),
    () =>
      me.client.putTenantSuppressionAttributes({ TenantName: mine, SuppressedReasons: [], SuppressionScope: "TENANT" }),
    () =>
      me.client.putTenantSuppressionAttributes({
        TenantName: mine,
        SuppressedReasons: ["BOUNCE"],
        SuppressionScope: "TENANT",
      }),
    () => me.client.tagResource({ ResourceArn: arnOf(me, "tenant/t1/x"), Tags: [{ Key: "a", Value: "b" }] }),
    () => me.client.deleteTenantResourceAssociation({ TenantName: mine, ResourceArn: arnOf(me, resources[2] ?? "") }),
    () => me.client.deleteTenant({ TenantName: mine }).then(() => me.client.createTenant({ TenantName: mine })),
  ];
  await send(other);
  await settled();
  const before = await viewOfTenant(me, other, "someone@example.net");
  await bounce(mine);
  expect(await lastEvents((await send(mine)).MessageId)).toContain("BOUNCE");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(work.length - 1), { minLength: 10, maxLength: 30 }), async (sequence) => {
      for (const step of sequence) await work[step]?.().catch(() => undefined);
      await settled();
      expect(await viewOfTenant(me, other, "someone@example.net")).toEqual(before);
    }),
    { numRuns: runs(10), endOnFailure: true },
  );
  // What bounced for one tenant is still delivered for the other.
  expect(await lastEvents((await send(other)).MessageId)).toEqual(["SEND", "DELIVERY"]);
});

const simulator = "bounce@simulator.amazonses.com";

/** An address that the caller itself put on its list, or asked for. */
function isEcho(text: string, given: string): boolean {
  return !given.replaceAll(`${text}@example.org`, "").includes(text);
}

it("webhooks got events of their own scope only", async () => {
  await allPublished(server);
  for (const me of actors) {
    const bodies = receiver.received.filter(({ path }) => path === `/${me.marker}`).map(({ body }) => body);
    expect(bodies.length).toBeGreaterThan(0);
    for (const other of actors.filter((one) => one !== me)) {
      for (const text of [other.marker, ...other.ids.message]) {
        expect(bodies.filter((body) => body.includes(text) && !isEcho(text, body))).toEqual([]);
      }
    }
  }
});
