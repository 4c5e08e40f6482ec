/** The suppression list of a real account and its copy. A second Mailglass plays the real account. */
import {
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  PutSuppressedDestinationCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChangedMirrorSource, MirrorSource } from "../src/admin-api/mirror.ts";
import { inScope } from "../src/stores/postgres/database.ts";
import { findScope } from "../src/stores/postgres/scopes.ts";
import { putSuppressedDestination } from "../src/stores/postgres/suppressed-destinations.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { awsEnvironment } from "./support/aws-environment.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";

const account = "000000000000";
const region = "us-east-1";
let real: InProcessServer;
let mirror: InProcessServer;
let restoreVariables: () => void;
let ahead = 0;
beforeAll(async () => {
  real = await startInProcess();
  restoreVariables = setSdkVariables(awsEnvironment(real.url));
  mirror = await startInProcess({
    environment: { MAILGLASS_ACCOUNT_ID: "999999999999" },
    clock: () => new Date(Date.now() + ahead),
  });
});
afterAll(async () => {
  await mirror?.close();
  await real?.close();
  restoreVariables?.();
});

/** The entries of the mirrored account's list. */
async function copied(): Promise<string[]> {
  const scope = await findScope(mirror.database, account, region);
  const rows = await mirror.database.query<{ entry: string }>(
    "SELECT address || ' ' || reason AS entry FROM suppressed_destinations WHERE scope = $1 ORDER BY 1",
    [scope?.id ?? 0],
  );
  return rows.map(({ entry }) => entry);
}
const suppress = (EmailAddress: string, Reason: "BOUNCE" | "COMPLAINT") =>
  real.client.send(new PutSuppressedDestinationCommand({ EmailAddress, Reason }));
const listed = async () => {
  const { SuppressedDestinationSummaries = [] } = await real.client.send(new ListSuppressedDestinationsCommand({}));
  return SuppressedDestinationSummaries.map(({ EmailAddress, Reason }) => `${EmailAddress} ${Reason}`);
};

it("is not copied by default, then copied, then synchronized both ways", async () => {
  await suppress("one@example.net", "BOUNCE");
  await suppress("two@example.net", "COMPLAINT");
  const input = { name: "real", kind: "eventbridge", accounts: [account], region };
  const { id, settings } = await callAdmin<ChangedMirrorSource>(mirror.app, "POST", "/admin/mirror", input);
  expect(settings).not.toHaveProperty("pull");
  const path = `/admin/mirror/${id}`;
  const choose = (suppression: string) => callAdmin(mirror.app, "PATCH", path, { settings: { pull: { suppression } } });

  await choose("in");
  await eventually(async () => expect(await copied()).toEqual(["one@example.net BOUNCE", "two@example.net COMPLAINT"]));
  const scope = await findScope(mirror.database, account, region);
  if (!scope) throw new Error("the mirrored account has no region");
  const entry = { tenant: "", reason: "BOUNCE", updatedAt: new Date(), messageId: null, feedbackId: null } as const;
  await putSuppressedDestination(inScope(mirror.database, scope.id), { ...entry, address: "here@example.net" });
  expect(await callAdmin<MirrorSource>(mirror.app, "GET", path)).toMatchObject({
    settings: { pull: { suppression: "in" } },
    accountPull: { at: expect.any(String) },
  });
  expect(await listed()).toHaveLength(2);

  await choose("both");
  await eventually(async () => {
    const command = new GetSuppressedDestinationCommand({ EmailAddress: "here@example.net" });
    expect((await real.client.send(command)).SuppressedDestination?.Reason).toBe("BOUNCE");
  });
  await suppress("three@example.net", "BOUNCE");
  await suppress("one@example.net", "COMPLAINT");
  ahead = 11 * 60_000;
  await eventually(async () => {
    mirror.accountPulls.wake();
    expect(await copied()).toEqual([
      "here@example.net BOUNCE",
      "one@example.net COMPLAINT",
      "three@example.net BOUNCE",
      "two@example.net COMPLAINT",
    ]);
  });
  // What is left out stays.
  const read = (resources: boolean) => callAdmin(mirror.app, "PATCH", path, { settings: { pull: { resources } } });
  await read(true);
  expect((await callAdmin<MirrorSource>(mirror.app, "GET", path)).settings.pull).toEqual({
    ...{ suppression: "both", resources: true },
  });
  await read(false);
  expect((await callAdmin<MirrorSource>(mirror.app, "GET", path)).settings.pull).toEqual({ suppression: "both" });
  await choose("off");
  expect((await callAdmin<MirrorSource>(mirror.app, "GET", path)).settings).not.toHaveProperty("pull");
  expect(mirror.logged).toEqual([]);
});

it("needs a source of one account", async () => {
  const settings = { pull: { suppression: "in" } };
  const input = { name: "two", kind: "eventbridge", accounts: [account, "111122223333"], region, settings };
  expect(await adminRefusal(mirror.app, "POST", "/admin/mirror", input)).toEqual([
    400,
    "pull needs a source with one account, that of the AWS credentials.",
  ]);
  for (const [pull, text] of [
    [{ suppression: "out" }, "suppression must be one of off, in, both"],
    [{ identities: true }, 'no member "identities" in pull'],
    [{ resources: "yes" }, "resources must be true or false"],
    ["in", "pull must be a JSON object"],
  ] as const) {
    const refused = { ...input, accounts: [account], settings: { pull } };
    expect(await adminRefusal(mirror.app, "POST", "/admin/mirror", refused)).toEqual([
      400,
      expect.stringContaining(text),
    ]);
  }
});
