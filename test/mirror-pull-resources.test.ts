/** Identities, configuration sets and templates of a real account, read. Another Mailglass stands for the real account. */
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  DeleteEmailIdentityCommand,
  type EventType,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type {
  MirrorResourceDetails,
  MirrorResourcePage,
  MirrorResourceState,
  MirrorResources,
} from "../src/admin-api/mirror-resources.ts";
import { mailEventTypes } from "../src/publishing/published-event.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { awsEnvironment } from "./support/aws-environment.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";

const account = "000000000000";
const region = "us-east-1";
const bus = `arn:aws:events:${region}:${account}:event-bus/default`;
const minute = 60_000;
let real: InProcessServer;
let mirror: InProcessServer;
let restoreVariables: () => void;
let ahead = 0;
let path = "";

beforeAll(async () => {
  real = await startInProcess();
  restoreVariables = setSdkVariables(awsEnvironment(real.url));
  mirror = await startInProcess({
    environment: { MAILGLASS_ACCOUNT_ID: "999999999999" },
    clock: () => new Date(Date.now() + ahead),
  });
  await createSet("full", mailEventTypes);
  await createSet("partial", ["SEND", "DELIVERY"]);
  await real.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "bare" }));
  await createIdentity("a.example", "full");
  await createIdentity("b.example");
  await createIdentity("c.example", "bare");
  const TemplateContent = { Subject: "Hello {{name}}", Html: "<p>Hello</p>" };
  await real.client.send(new CreateEmailTemplateCommand({ TemplateName: "welcome", TemplateContent }));
});
afterAll(async () => {
  await mirror?.close();
  await real?.close();
  restoreVariables?.();
});

async function createSet(ConfigurationSetName: string, MatchingEventTypes: readonly EventType[]): Promise<void> {
  await real.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
  const EventDestination = {
    ...{ Enabled: true, MatchingEventTypes: [...MatchingEventTypes] },
    EventBridgeDestination: { EventBusArn: bus },
  };
  const input = { ConfigurationSetName, EventDestinationName: "mirror", EventDestination };
  await real.client.send(new CreateConfigurationSetEventDestinationCommand(input));
}
const createIdentity = (EmailIdentity: string, ConfigurationSetName?: string) =>
  real.client.send(new CreateEmailIdentityCommand({ EmailIdentity, ConfigurationSetName }));
const resources = <Answer>(query = "") => callAdmin<Answer>(mirror.app, "GET", `${path}/resources${query}`);
const namesOf = async (kind: string) =>
  (await resources<MirrorResourcePage>(`?kind=${kind}`)).resources.map(({ name }) => name);
async function stateOf(kind: string): Promise<MirrorResourceState | undefined> {
  return (await resources<MirrorResources>()).kinds.find((one) => one.kind === kind);
}
/** Makes an operation of the real account fail; resolves to how to end that. */
async function fault(operation: string, effect: object): Promise<() => Promise<void>> {
  const rule = { match: { operation }, effect };
  const { id } = await callAdmin<{ id: string }>(real.app, "POST", "/testing/faults", rule);
  return async () => void (await real.app.inject({ method: "DELETE", url: `/testing/faults/${id}` }));
}
/** Lets time pass, so that what is due is read. */
function pass(minutes: number): void {
  ahead += minutes * minute;
  mirror.accountPulls.wake();
}

it("nothing is read by default", async () => {
  const input = { name: "real", kind: "eventbridge", accounts: [account], region };
  const { id } = await callAdmin<{ id: string }>(mirror.app, "POST", "/admin/mirror", input);
  path = `/admin/mirror/${id}`;
  const nothing = { total: 0, waiting: 0, failed: 0 };
  expect(await resources()).toEqual({
    pulled: false,
    kinds: ["configuration-sets", "identities", "templates"].map((kind) => ({ kind, ...nothing })),
    problems: [],
  });
});

it("by choice all is read; a failure of one kind is shown, and the others go on", async () => {
  const allow = await fault("ListEmailTemplates", { type: "error", code: "AccessDeniedException" });
  await callAdmin(mirror.app, "PATCH", path, { settings: { pull: { resources: true } } });
  await eventually(async () => {
    const { kinds } = await resources<MirrorResources>();
    const read = { listedAt: expect.any(String), total: 3, waiting: 0, failed: 0 };
    expect(kinds).toEqual([
      { kind: "configuration-sets", ...read },
      { kind: "identities", ...read },
      {
        ...{ kind: "templates", total: 0, waiting: 0, failed: 0 },
        error: {
          at: expect.any(String),
          text: "SES in us-east-1: access was denied; allow ses:ListEmailTemplates and ses:GetEmailTemplate for Mailglass's AWS credentials",
        },
      },
    ]);
  });
  expect(mirror.logged).toHaveLength(1);
  await allow();
  pass(11);
  await eventually(async () => expect(await namesOf("templates")).toEqual(["welcome"]));
  await eventually(async () => expect(await stateOf("templates")).toMatchObject({ total: 1, waiting: 0, failed: 0 }));
  expect(await stateOf("templates")).not.toHaveProperty("error");
});

it("lists have what matters, in pages by name", async () => {
  const eventTypes = [...mailEventTypes];
  const pulledAt = expect.any(String);
  const destination = { name: "mirror", enabled: true, to: { service: "eventbridge", arn: bus } };
  expect(await resources("?kind=configuration-sets&limit=2")).toEqual({
    resources: [
      { name: "bare", pulledAt, configurationSet: { sendingEnabled: true, eventDestinations: [] } },
      {
        ...{ name: "full", pulledAt },
        configurationSet: { sendingEnabled: true, eventDestinations: [{ ...destination, eventTypes }] },
      },
    ],
    next: "full",
  });
  const { resources: rest, next } = await resources<MirrorResourcePage>("?kind=configuration-sets&limit=2&after=full");
  expect([rest.map(({ name }) => name), next]).toEqual([["partial"], undefined]);
  expect(await resources("?kind=identities&limit=1")).toMatchObject({
    resources: [{ name: "a.example", identity: { type: "DOMAIN", verified: true, configurationSet: "full" } }],
  });
  expect(await resources("?kind=templates")).toEqual({
    resources: [{ name: "welcome", pulledAt, template: { subject: "Hello {{name}}", hasText: false, hasHtml: true } }],
  });
});

it("one has all that the account answered", async () => {
  const set = await resources<MirrorResourceDetails>("?kind=configuration-sets&name=partial");
  expect(set.details).toMatchObject({
    ConfigurationSetName: "partial",
    EventDestinations: [{ MatchingEventTypes: ["SEND", "DELIVERY"], EventBridgeDestination: { EventBusArn: bus } }],
  });
  const { details } = await resources<MirrorResourceDetails>("?kind=templates&name=welcome");
  expect(details).toMatchObject({ TemplateContent: { Subject: "Hello {{name}}", Html: "<p>Hello</p>" } });
  const { details: identity } = await resources<MirrorResourceDetails>("?kind=identities&name=a.example");
  expect(identity).toMatchObject({ DkimAttributes: { SigningAttributesOrigin: "AWS_SES" } });
  for (const one of [set.details, details, identity]) expect(one).not.toHaveProperty("$metadata");
  expect(await adminRefusal(mirror.app, "GET", `${path}/resources?kind=templates&name=none`)).toEqual([
    404,
    "The source's account has none of this kind with this name.",
  ]);
  for (const query of [
    "?kind=domains",
    "?name=a",
    "?limit=1",
    "?kind=templates&limit=0",
    "?kind=templates&after=%00",
  ]) {
    expect(await adminRefusal(mirror.app, "GET", `${path}/resources${query}`)).toEqual([400, expect.any(String)]);
  }
});

it("what keeps mail from the mirror is told", async () => {
  const { problems } = await resources<MirrorResources>();
  expect(problems.map(({ code, names }) => [code, names])).toEqual([
    ["no-destination", ["bare"]],
    ["event-types-missing", ["partial"]],
    ["no-default-set", ["b.example"]],
    ["default-set-not-mirrored", ["c.example"]],
  ]);
});

it("every hour it is read again: what is gone is removed, but not by a list that fails", async () => {
  await createIdentity("d.example");
  await real.client.send(new DeleteEmailIdentityCommand({ EmailIdentity: "b.example" }));
  const work = await fault("ListEmailIdentities", { type: "error", status: 503 });
  pass(61);
  await eventually(async () => {
    expect(await stateOf("identities")).toMatchObject({ error: { text: expect.stringContaining("HTTP 503") } });
  });
  expect(await namesOf("identities")).toEqual(["a.example", "b.example", "c.example"]);
  await work();
  pass(11);
  await eventually(async () => {
    expect(await namesOf("identities")).toEqual(["a.example", "c.example", "d.example"]);
    expect(await stateOf("identities")).toMatchObject({ waiting: 0 });
  });
});

it("details that can't be read keep those that were, with the error", async () => {
  const work = await fault("GetEmailTemplate", { type: "error", code: "AccessDeniedException" });
  pass(61);
  await eventually(async () => expect(await stateOf("templates")).toMatchObject({ failed: 1 }));
  expect(await resources("?kind=templates&name=welcome")).toMatchObject({
    ...{ error: expect.stringContaining("access was denied"), template: { hasHtml: true } },
    details: { TemplateName: "welcome" },
  });
  await work();
  // As one that was deleted after it was listed.
  const gone = await fault("GetEmailTemplate", { type: "error", code: "NotFoundException" });
  pass(61);
  await eventually(async () => expect(await stateOf("templates")).toMatchObject({ total: 0, failed: 0 }));
  expect(await stateOf("templates")).not.toHaveProperty("error");
  await gone();
});

it("is deleted with its source", async () => {
  await mirror.app.inject({ method: "DELETE", url: path });
  const left = await mirror.database.query(
    "SELECT name FROM mirror_resources UNION ALL SELECT kind FROM mirror_resource_kinds",
  );
  expect(left).toEqual([]);
});
