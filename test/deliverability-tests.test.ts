/** Inbox placement tests: sent through a relay, found in the mailboxes of a Dovecot. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDeliverabilityTestReportCommand,
  GetDeliverabilityTestReportCommand,
  ListDeliverabilityTestReportsCommand,
  ListTagsForResourceCommand,
  PutDeliverabilityDashboardOptionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  DeliverabilityTestDetails,
  SeedMailbox,
  SeedMailboxCheck,
  SeedMailboxList,
} from "../src/admin-api/deliverability.ts";
import { openFolder } from "../src/stores/objects/folder.ts";
import type { ObjectStore } from "../src/stores/objects/object-store.ts";
import type { ScopedDatabase } from "../src/stores/postgres/database.ts";
import { insertTest } from "../src/stores/postgres/deliverability-tests.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { databases } from "./support/databases.ts";
import { type Dovecot, startDovecot } from "./support/dovecot.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { dovecotMissing } from "./support/missing-tools.ts";
import { type ReceivingServer, startReceivingServer, type TakenMail } from "./support/receiving-server.ts";
import { refused } from "./support/refused.ts";

const addresses = ["one@seed.example", "two@seed.example", "three@seed.example"] as const;
const [one, two, three] = addresses;
const password = "correct horse";
const hourMs = 3_600_000;

const message = {
  FromEmailAddress: "News <news@example.com>",
  Content: { Simple: { Subject: { Data: "Grüße" }, Body: { Text: { Data: "Hello" } } } },
};

describe.skipIf(dovecotMissing())("inbox placement tests", () => {
  let dovecot: Dovecot;
  let relay: ReceivingServer;
  let database: ScopedDatabase;
  let objects: ObjectStore;
  let folder: string;
  let server: InProcessServer;
  /** Real time, moved on by tests. */
  let aheadMs = 0;

  const start = async () => {
    server = await startInProcess({
      database,
      objects,
      clock: () => new Date(Date.now() + aheadMs),
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_RATE_LIMITS: "off",
        MAILGLASS_EXPORT_WORKERS: "0",
      },
    });
  };

  beforeAll(async () => {
    dovecot = await startDovecot(Object.fromEntries(addresses.map((address) => [address, password])));
    relay = await startReceivingServer();
    const [engine] = databases;
    if (!engine) throw new Error("there are no engines");
    database = await engine.open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-objects-"));
    objects = await openFolder(folder, { sync: false });
    await start();
  });
  afterAll(async () => {
    await server?.close();
    await objects?.close();
    await database?.close();
    await relay?.[Symbol.asyncDispose]();
    await dovecot?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    relay.taken.splice(0);
  });

  const login = () => ({ host: "127.0.0.1", port: dovecot.ports.tls, ca: dovecot.ca, password });
  const addSeed = (address: string, isp: string, changes: object = {}) =>
    callAdmin<SeedMailbox>(server.app, "POST", "/admin/seed-mailboxes", { address, isp, ...login(), ...changes });
  const check = (id: string) => callAdmin<SeedMailboxCheck>(server.app, "POST", `/admin/seed-mailboxes/${id}/check`);

  /** Creates a test; resolves to its ID and to the mail that left. */
  async function createTest(changes: object = {}): Promise<{ id: string; mail: (address: string) => TakenMail }> {
    const { mailboxes } = await callAdmin<SeedMailboxList>(server.app, "GET", "/admin/seed-mailboxes");
    relay.taken.splice(0);
    const { ReportId: id = "", DeliverabilityTestStatus } = await server.client.send(
      new CreateDeliverabilityTestReportCommand({ ...message, ...changes }),
    );
    expect(DeliverabilityTestStatus).toBe("IN_PROGRESS");
    const enabled = mailboxes.filter((mailbox) => mailbox.enabled);
    await eventually(() => expect(relay.taken).toHaveLength(enabled.length));
    const sent = [...relay.taken];
    return {
      id,
      mail(address) {
        const taken = sent.find(({ to }) => to.includes(address));
        if (!taken) throw new Error(`no mail to ${address} left`);
        return taken;
      },
    };
  }
  const report = (ReportId: string) => server.client.send(new GetDeliverabilityTestReportCommand({ ReportId }));
  const details = (id: string) =>
    callAdmin<DeliverabilityTestDetails>(server.app, "GET", `/admin/deliverability-tests/${id}`);
  const mailboxes = async (id: string) =>
    new Map((await details(id)).mailboxes.map(({ address, messageId, concludedAt, ...rest }) => [address, rest]));
  /** The results as a provider's server writes them, above everything else. */
  const withResults = (mail: TakenMail, results: string) =>
    Buffer.concat([Buffer.from(`Authentication-Results: mx.seed.example; ${results}\r\n`), mail.mime]);
  const completed = (id: string) =>
    eventually(async () => {
      server.testPoller.wake();
      const found = await report(id);
      expect(found.DeliverabilityTestReport?.DeliverabilityTestStatus).toBe("COMPLETED");
      return found;
    });

  test("without mailboxes, tests and the dashboard are refused", async () => {
    expect(await refused(server.client.send(new CreateDeliverabilityTestReportCommand(message)))).toEqual([
      "BadRequestException",
      expect.stringMatching(/^No seed mailboxes are configured/),
    ]);
    const enable = new PutDeliverabilityDashboardOptionCommand({ DashboardEnabled: true });
    expect(await refused(server.client.send(enable))).toEqual([
      "BadRequestException",
      expect.stringMatching(/^The Deliverability dashboard can't be enabled/),
    ]);
  });

  test("an operator adds mailboxes, and learns whether they work", async () => {
    const added = await addSeed(one, "Mailbox Inc");
    expect(added).toEqual({
      ...{ id: added.id, address: one, isp: "Mailbox Inc", host: "127.0.0.1", port: dovecot.ports.tls },
      ...{ security: "tls", user: one, junkFolder: null, authservId: null, ca: dovecot.ca, enabled: true },
      createdAt: expect.any(String),
    });
    const second = await addSeed(two, "Mailbox Inc", { security: "starttls", port: dovecot.ports.starttls });
    await addSeed(three, "Post AG");
    for (const { id } of [added, second]) {
      expect(await check(id)).toEqual({
        ok: true,
        text: "The login works.",
        folders: expect.arrayContaining(["INBOX", "Junk", "Offers"]),
        junkFolder: "Junk",
      });
    }
    expect((await check(added.id)).folders).not.toContain("Trash");
    expect(
      await adminRefusal(server.app, "POST", "/admin/seed-mailboxes", { address: one, isp: "x", ...login() }),
    ).toEqual([409, `There is already a seed mailbox ${one}.`]);
    const stored = await database.query<{ text: string }>("SELECT seed_mailboxes::text AS text FROM seed_mailboxes");
    for (const { text } of stored) expect(text).not.toContain(Buffer.from(password).toString("hex"));
  });

  test.each([
    [
      "a wrong password",
      { password: "wrong" },
      /^The mail server 127\.0\.0\.1:\d+ refused the user name or the password/,
    ],
    ["a certificate of an unknown authority", { ca: null }, /^The certificate of .* is not trusted/],
    ["a certificate of another host", { host: "localhost" }, /^The certificate of .* is not trusted/],
    ["a port where nobody listens", { port: 1 }, /refused the connection\.$/],
    ["a folder that does not exist", { junkFolder: "None" }, /^The mailbox has no folder "None"\.$/],
  ])("%s is told", async (_, changes, text) => {
    const { id } = await addSeed("tried@seed.example", "x", { user: one, ...changes });
    expect(await check(id)).toEqual({ ok: false, text: expect.stringMatching(text) });
    const shown = await callAdmin<SeedMailbox>(server.app, "GET", `/admin/seed-mailboxes/${id}`);
    expect(shown.error).toMatch(text);
    expect(JSON.stringify(shown)).not.toContain("wrong");
    await callAdmin(server.app, "PATCH", `/admin/seed-mailboxes/${id}`, { ...login(), junkFolder: null });
    expect((await check(id)).ok).toBe(true);
    expect((await server.app.inject({ method: "DELETE", url: `/admin/seed-mailboxes/${id}` })).statusCode).toBe(204);
    expect((await adminRefusal(server.app, "GET", `/admin/seed-mailboxes/${id}`))[0]).toBe(404);
  });

  test("all in the inbox, authenticated; the server restarts before the mail arrives", async () => {
    const { id, mail } = await createTest({ ReportName: "spring", Tags: [{ Key: "team", Value: "a" }] });
    expect(mail(one).mime.toString()).toContain(`To: ${one}\r\n`);
    const before = await report(id);
    expect(before.OverallPlacement).toEqual({});
    expect(before.Message).toContain("Hello");
    await server.close();
    await start();
    for (const address of addresses) {
      await dovecot.deliver(address, withResults(mail(address), "spf=pass smtp.mailfrom=example.com; dkim=pass"));
    }
    const { $metadata, Message, ...found } = await completed(id);
    const all = {
      InboxPercentage: 100,
      SpamPercentage: 0,
      MissingPercentage: 0,
      SpfPercentage: 100,
      DkimPercentage: 100,
    };
    expect(found).toEqual({
      DeliverabilityTestReport: {
        ...{ ReportId: id, ReportName: "spring", Subject: "Grüße", FromEmailAddress: message.FromEmailAddress },
        ...{ CreateDate: expect.any(Date), DeliverabilityTestStatus: "COMPLETED" },
      },
      OverallPlacement: all,
      IspPlacements: ["Mailbox Inc", "Post AG"].map((IspName) => ({ IspName, PlacementStatistics: all })),
      Tags: [{ Key: "team", Value: "a" }],
    });
    for (const address of addresses) await eventually(async () => expect(await dovecot.count(address)).toBe(0));
    // Nothing was sent again.
    expect(relay.taken).toHaveLength(addresses.length);
  });

  test("in other folders, missing, and in a mailbox that refuses the login", async () => {
    const refusing = await addSeed("locked@seed.example", "Post AG", { password: "wrong" });
    const { id, mail } = await createTest({
      FromEmailAddress: "news@example.com",
      Content: {
        Raw: {
          Data: Buffer.from(
            "From: news@example.com\r\nSubject: raw\r\nAuthentication-Results: mx.seed.example; spf=pass; dkim=pass\r\n\r\nText\r\n",
          ),
        },
      },
    });
    await dovecot.deliver(one, withResults(mail(one), "spf=fail; dkim=pass (2048-bit) header.d=example.com"), "Junk");
    // Its server writes no results: those in the message are the sender's.
    await dovecot.deliver(two, mail(two).mime, "Offers");
    await eventually(async () => {
      server.testPoller.wake();
      expect(await mailboxes(id)).toEqual(
        new Map([
          ["locked@seed.example", { isp: "Post AG", note: expect.stringMatching(/refused the user name/) }],
          [one, { isp: "Mailbox Inc", placement: "junk", folder: "Junk", spf: false, dkim: true }],
          [three, { isp: "Post AG" }],
          [two, { isp: "Mailbox Inc", placement: "inbox", folder: "Offers" }],
        ]),
      );
    });
    const inProgress = await report(id);
    expect(inProgress.DeliverabilityTestReport?.DeliverabilityTestStatus).toBe("IN_PROGRESS");

    aheadMs += 24 * hourMs;
    const { OverallPlacement, IspPlacements } = await completed(id);
    expect(OverallPlacement?.InboxPercentage).toBeCloseTo(100 / 3);
    expect(OverallPlacement?.SpamPercentage).toBeCloseTo(100 / 3);
    expect(OverallPlacement?.MissingPercentage).toBeCloseTo(100 / 3);
    expect(OverallPlacement).toMatchObject({ SpfPercentage: 0, DkimPercentage: 100 });
    expect(IspPlacements?.find(({ IspName }) => IspName === "Post AG")?.PlacementStatistics).toEqual({
      ...{ InboxPercentage: 0, SpamPercentage: 0, MissingPercentage: 100 },
    });
    expect((await mailboxes(id)).get("locked@seed.example")).toMatchObject({ placement: "unknown" });
    expect((await mailboxes(id)).get(three)).toMatchObject({
      placement: "missing",
      note: "The receiving server accepted the message, but it is in no folder.",
    });
    await callAdmin(server.app, "PATCH", `/admin/seed-mailboxes/${refusing.id}`, { enabled: false });
  });

  test("two tests at a time are told apart", async () => {
    const first = await createTest({ ReportName: "first" });
    const second = await createTest({ ReportName: "second" });
    for (const address of addresses) {
      await dovecot.deliver(address, second.mail(address).mime, "Junk");
      await dovecot.deliver(address, first.mail(address).mime, address === two ? "Junk" : "INBOX");
    }
    expect((await completed(first.id)).OverallPlacement?.InboxPercentage).toBeCloseTo(200 / 3);
    expect((await completed(second.id)).OverallPlacement).toMatchObject({ InboxPercentage: 0, SpamPercentage: 100 });
  });

  test("a test of which nothing was sent before a crash says so, and is not sent later", async () => {
    const [seed] = await database.query<{ id: string }>("SELECT id FROM seed_mailboxes WHERE address = $1", [one]);
    const createdAt = new Date(Date.now() + aheadMs);
    const test = { id: "crashed", name: null, subject: null, fromAddress: "a@example.com", createdAt, tags: [] };
    await insertTest(
      database,
      { ...test, dueAt: new Date(createdAt.getTime() + hourMs) },
      [{ address: one, isp: "x", seed: seed?.id ?? "", messageId: "0100-never-sent" }],
      10,
    );
    aheadMs += 2 * hourMs;
    const { OverallPlacement } = await completed("crashed");
    expect(OverallPlacement).toEqual({});
    expect((await mailboxes("crashed")).get(one)).toMatchObject({
      placement: "unknown",
      note: "There is no record that the message was sent.",
    });
    expect(relay.taken).toEqual([]);
  });

  test("reports are listed newest first, page by page, and have tags", async () => {
    const list = (token?: string) =>
      server.client.send(new ListDeliverabilityTestReportsCommand({ PageSize: 3, NextToken: token }));
    const first = await list();
    expect(first.DeliverabilityTestReports?.map(({ ReportId }) => ReportId)[0]).toBe("crashed");
    const second = await list(first.NextToken);
    expect(second.DeliverabilityTestReports?.map(({ ReportName }) => ReportName)).toEqual([undefined, "spring"]);
    expect(second.NextToken).toBeUndefined();
    const ResourceArn = "arn:aws:ses:us-east-1:000000000000:deliverability-test-report/crashed";
    await server.client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "k", Value: "v" }] }));
    const { Tags } = await server.client.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: "k", Value: "v" }]);
    expect((await report("crashed")).Tags).toEqual(Tags);
  });

  test("no password is logged", () => {
    expect(server.logged.join("")).not.toContain(password);
  });
});
