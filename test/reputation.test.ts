/** A tenant whose mail bounces: it is paused, reinstated and enabled again, with the events of it. */
import {
  CreateEmailIdentityCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  GetReputationEntityCommand,
  GetTenantCommand,
  ListReputationEntitiesCommand,
  paginateListTenants,
  type SendingStatus,
  UpdateReputationEntityCustomerManagedStatusCommand,
  UpdateReputationEntityPolicyCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { type AwsDouble, startAwsDouble } from "./support/aws-double.ts";
import { eventually } from "./support/eventually.ts";
import { ask } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { greet, type ScriptedServer, startScriptedServer, takeMail } from "./support/scripted-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./support/webhook-receiver.ts";

const policyArn = (policy: string) => `arn:aws:ses:us-east-1:aws:reputation-policy/${policy}`;

let double: AwsDouble<{ Entries: Record<string, unknown>[] }>;
let restoreVariables: () => void;
/** Refuses all recipients. */
let relay: ScriptedServer;
let receiver: WebhookReceiver;
let server: InProcessServer;
let ahead = 0;
beforeAll(async () => {
  double = await startAwsDouble();
  double.answer = ({ input }) => ({
    body: { FailedEntryCount: 0, Entries: input.Entries.map(() => ({ EventId: "e" })) },
  });
  restoreVariables = setSdkVariables(double.environment);
  receiver = await startWebhookReceiver();
  relay = await startScriptedServer(async (peer) => {
    await greet(peer);
    await takeMail(peer, { RCPT: "550 5.1.1 user unknown" });
  });
  server = await startInProcess({
    clock: () => new Date(Date.now() + ahead),
    environment: {
      MAILGLASS_EVENTBRIDGE_BUS: "arn:aws:events:us-east-1:123456789012:event-bus/accounts",
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_DELIVERY: "relay",
      MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAILGLASS_IDENTITY_VERIFICATION: "off",
    },
  });
  const webhook = { name: "sending", eventTypes: ["SENDING_PAUSED", "SENDING_RESUMED"], url: receiver.url };
  await callAdmin(server.app, "POST", "/admin/webhooks", webhook);
});
afterAll(async () => {
  await server?.close();
  await relay?.[Symbol.asyncDispose]();
  await receiver?.close();
  restoreVariables();
  await double?.close();
});

/** The events since the last call, at the webhook; the bus has the same. */
async function published(): Promise<unknown[]> {
  await allPublished(server);
  const posted = receiver.received.map(({ body }) => JSON.parse(body));
  const entries = double.calls.flatMap(({ input }) => input.Entries);
  expect(entries.map(({ Detail }) => JSON.parse(`${Detail}`))).toEqual(posted);
  receiver.received.length = 0;
  double.calls.length = 0;
  return posted;
}

const status = (value: SendingStatus, origin: "CUSTOMER_MANAGED" | "AWS_MANAGED", cause: unknown) => ({
  eventType: value === "DISABLED" ? "SendingStatusDisabled" : "SendingStatusEnabled",
  version: "1.0.0",
  data: {
    origin,
    record: {
      status: value,
      cause,
      lastUpdatedTimestamp: Array.from({ length: 7 }, () => expect.any(Number)),
      tenantName: "acme",
    },
  },
});

it("is paused for its bounces, reinstated by a user, and enabled again once they are past", async () => {
  const { client, app } = server;
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: "example.com" }));
  for (const TenantName of ["acme", "other"]) {
    await client.send(new CreateTenantCommand({ TenantName }));
    const ResourceArn = "arn:aws:ses:us-east-1:000000000000:identity/example.com";
    await client.send(new CreateTenantResourceAssociationCommand({ TenantName, ResourceArn }));
  }
  const { Tenant } = await client.send(new GetTenantCommand({ TenantName: "acme" }));
  const entity = { ReputationEntityType: "RESOURCE", ReputationEntityReference: Tenant?.TenantArn } as const;
  const get = async () => (await client.send(new GetReputationEntityCommand(entity))).ReputationEntity;
  const mailOf = (TenantName: string | undefined, to: readonly string[]) =>
    simple({ TenantName, Destination: { ToAddresses: [...to] } });
  const recipients = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}-${index}@example.net`);

  expect(await get()).toMatchObject({
    ReputationManagementPolicy: policyArn("standard"),
    SendingStatusAggregate: "ENABLED",
  });
  for (const name of ["a", "b"]) await send(server, mailOf("acme", recipients(name, 50)));
  await send(server, mailOf("other", recipients("c", 50)));
  await eventually(async () => expect((await get())?.SendingStatusAggregate).toBe("DISABLED"));
  const cause = expect.stringMatching(
    /^The bounce rate exceeded 15\.0% based on a representative volume of 100 emails /,
  );
  expect(await get()).toMatchObject({
    AwsSesManagedStatus: { Status: "DISABLED", Cause: cause },
    ReputationImpact: "HIGH",
  });
  expect(await published()).toEqual([status("DISABLED", "AWS_MANAGED", cause)]);

  const again = mailOf("acme", ["again@example.net"]);
  expect(await refused(send(server, again))).toEqual([
    "SendingPausedException",
    "Sending is paused for tenant <acme>.",
  ]);
  await send(server, mailOf("other", ["again@example.net"]));
  await send(server, mailOf(undefined, ["once-more@example.net"]));
  const paused: unknown[] = [];
  for await (const page of paginateListTenants({ client }, { Filter: { SENDING_STATUS: "DISABLED" } })) {
    paused.push(...(page.Tenants ?? []).map(({ TenantName, SendingStatus }) => [TenantName, SendingStatus]));
  }
  expect(paused).toEqual([["acme", "DISABLED"]]);
  const Filter = { REPUTATION_IMPACT: "HIGH" };
  const { ReputationEntities } = await client.send(new ListReputationEntitiesCommand({ Filter }));
  expect(ReputationEntities).toEqual([await get()]);
  // Some clients don't encode the slashes.
  const raw = await ask(app, "GET", `/v2/email/reputation/entities/RESOURCE/${Tenant?.TenantArn}`);
  expect(raw.json().ReputationEntity.SendingStatusAggregate).toBe("DISABLED");

  const ReputationEntityPolicy = policyArn("strict");
  await client.send(new UpdateReputationEntityPolicyCommand({ ...entity, ReputationEntityPolicy }));
  expect(await get()).toMatchObject({
    ReputationManagementPolicy: ReputationEntityPolicy,
    SendingStatusAggregate: "DISABLED",
  });
  expect(await published()).toEqual([]);
  await client.send(new UpdateReputationEntityCustomerManagedStatusCommand({ ...entity, SendingStatus: "ENABLED" }));
  expect(await get()).toMatchObject({
    CustomerManagedStatus: { Status: "REINSTATED", Cause: "Status manually updated." },
    SendingStatusAggregate: "REINSTATED",
    ReputationImpact: "HIGH",
  });
  expect(await published()).toEqual([status("REINSTATED", "CUSTOMER_MANAGED", "Status manually updated.")]);
  await send(server, again);

  ahead = 8 * 24 * 3_600_000;
  await eventually(async () => {
    server.reputation.wake();
    expect((await get())?.SendingStatusAggregate).toBe("ENABLED");
  });
  expect(await get()).toMatchObject({ CustomerManagedStatus: { Status: "ENABLED" } });
  expect(await get()).not.toHaveProperty("ReputationImpact");
  expect(await published()).toEqual([status("ENABLED", "AWS_MANAGED", "All findings were resolved.")]);
  expect(server.logged).toEqual([]);
});
