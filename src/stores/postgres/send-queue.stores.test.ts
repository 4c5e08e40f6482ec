import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { addScope } from "../../../test/support/other-scopes.ts";
import { insertPausedSet } from "../../../test/support/paused-set.ts";
import { updateAccountSending } from "./account.ts";
import { deleteConfigurationSet, updateConfigurationSetSending } from "./configuration-sets.ts";
import type { ScopedDatabase } from "./database.ts";
import { defaultScope } from "./database.ts";
import { resumeQueued } from "./paused-mail.ts";
import { countQueued, selectQueuedDomains } from "./queue-status.ts";
import { buryAllWorkers, buryWorker, insertWorker, removeWorker, renewWorker, selectWorkers } from "./queue-workers.ts";
import { laneName } from "./send-lanes.ts";
import {
  type Claim,
  claimQueued,
  insertQueued,
  type NewQueuedMail,
  promoteQueued,
  releaseQueued,
  settleQueued,
  vacuumQueue,
} from "./send-queue.ts";

const now = new Date("2026-11-24T07:00:00.123Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function mail(recipient: string, rest: Partial<NewQueuedMail> = {}): NewQueuedMail {
  return {
    scope: defaultScope,
    messageId: "0100-x",
    recipient,
    recipientIndex: 3,
    domain: recipient.slice(recipient.indexOf("@") + 1),
    configurationSet: undefined,
    sentAt: now,
    expiresAt: later(3600),
    envelope: {
      location: { key: "mail/x.pack", offset: 7, length: 9 },
      identity: "example.com",
      fromDomain: "example.com",
      tenant: undefined,
      tlsRequired: true,
      recipients: 1,
      tracking: undefined,
    },
    ...rest,
  };
}

describe.each(databases)("the send queue on $name", ({ open }) => {
  let database: ScopedDatabase;
  let worker = "";
  const claimAll = (rest: Partial<Claim> = {}) =>
    claimQueued(database, { worker, after: "", except: [], domains: 64, perDomain: 10, total: 100, ...rest });
  const claim = async (rest?: Partial<Claim>) => (await claimAll(rest)).mail;
  const recipients = async (rest?: Partial<Claim>) => (await claim(rest)).map(({ recipient }) => recipient);

  const promote = (at: Date) => promoteQueued(database, { now: at, longestMs: 3 * 3600_000, limit: 10 });

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM send_queue");
    await database.query("DELETE FROM queue_workers");
    worker = randomUUID();
    await insertWorker(database, worker, 30);
  });

  it("skips lanes, and finds the mail behind them", async () => {
    const domains = Array.from({ length: 6 }, (_, index) => `d${index}.example`);
    await insertQueued(
      database,
      domains.flatMap((domain) => [
        mail(`laned@${domain}`, { configurationSet: "set" }),
        mail(`second@${domain}`, { configurationSet: "set" }),
        ...(domain === "d5.example" ? [mail(`free@${domain}`)] : []),
      ]),
    );
    const exceptLanes = domains.map((domain) => laneName(domain, `${defaultScope} set`));
    // Domains whose mail is all in lanes don't take the places of others.
    expect(await recipients({ exceptLanes, domains: 2, perDomain: 1 })).toEqual(["free@d5.example"]);
    expect(await recipients({ exceptLanes })).toEqual([]);
    expect(await recipients({ exceptLanes: [laneName("", `${defaultScope} set`)] })).toEqual([]);
    expect(await recipients({ exceptLanes: exceptLanes.slice(1), perDomain: 1 })).toEqual(["laned@d0.example"]);
    const others = [
      laneName("", `${defaultScope} `),
      laneName("", "999 set"),
      laneName("d0.example", `${defaultScope} `),
    ];
    expect(await recipients({ exceptLanes: others, perDomain: 1 })).toHaveLength(6);
  });

  it("gives back what was put in, once", async () => {
    const system = { ...mail("b@two.example"), messageId: undefined, configurationSet: "news" };
    await insertQueued(database, [mail("a@one.example"), system]);
    const fresh = { tries: 0, lastStatus: undefined, lastDiagnostic: undefined, id: expect.any(Number) };
    expect(await claim()).toEqual([
      { ...mail("a@one.example"), ...fresh, envelope: JSON.parse(JSON.stringify(mail("").envelope)) },
      { ...system, ...fresh, envelope: JSON.parse(JSON.stringify(mail("").envelope)) },
    ]);
    expect(await claim()).toEqual([]);
    expect(await countQueued(database)).toEqual({ due: 0, waiting: 0, claimed: 2, paused: 0 });
  });

  const setEnvelope = (recipient: string, envelope: string) =>
    database.query("UPDATE send_queue SET envelope = $2 WHERE recipient = $1", [recipient, envelope]);

  it("reads what was queued before envelopes had a version", async () => {
    await insertQueued(database, [mail("a@one.example"), mail("b@one.example")]);
    await setEnvelope(
      "a@one.example",
      '{"location":{"key":"mail/x.pack","offset":7,"length":9},"fromDomain":"example.com","tlsRequired":false,"recipients":2,"tracking":{"opens":true,"clicks":false,"openBase":"https://o.example","clickBase":"https://c.example"}}',
    );
    expect((await claim()).map(({ envelope }) => envelope)).toEqual([
      {
        location: { key: "mail/x.pack", offset: 7, length: 9 },
        fromDomain: "example.com",
        tlsRequired: false,
        recipients: 2,
        tracking: { opens: true, clicks: false, openBase: "https://o.example", clickBase: "https://c.example" },
      },
      mail("").envelope,
    ]);
    expect(await database.query("SELECT envelope::json->>'v' AS v FROM send_queue ORDER BY id")).toEqual([
      { v: null },
      { v: "1" },
    ]);
  });

  it("keeps what it can't read for a version that can, and goes on with the rest", async () => {
    const names = ["new", "text", "cut", "part", "good"].map((name) => `${name}@one.example`);
    await insertQueued(
      database,
      names.map((name) => mail(name)),
    );
    const { envelope } = mail("");
    await setEnvelope("new@one.example", JSON.stringify({ v: 2, place: "elsewhere" }));
    await setEnvelope("text@one.example", JSON.stringify({ ...envelope, v: "2" }));
    await setEnvelope("cut@one.example", '{"location":{"key":');
    await setEnvelope("part@one.example", JSON.stringify({ ...envelope, location: { key: "x", offset: "7" } }));
    const claimed = await claimAll();
    expect(claimed.mail.map(({ recipient }) => recipient)).toEqual(["good@one.example"]);
    const unknown = "which this version of Mailglass does not know";
    const messages = [
      `the envelope of queued mail has version 2, ${unknown}`,
      `the envelope of queued mail has a version that is no number, ${unknown}`,
      "the envelope of queued mail is not JSON",
      "the envelope of queued mail is malformed: location.offset is not number",
    ];
    expect(claimed.unreadable.map(({ error }) => error.message).sort()).toEqual([...messages].sort());
    const rows = await database.query(
      "SELECT last_diagnostic AS told, state, tries, claimed_by FROM send_queue WHERE recipient <> $1 ORDER BY id",
      ["good@one.example"],
    );
    expect(rows).toEqual(messages.map((told) => ({ told, state: "waiting", tries: 0, claimed_by: null })));
    expect(await claim()).toEqual([]);
    await promote(new Date(Date.now() + 16 * 60_000));
    await setEnvelope("new@one.example", JSON.stringify(envelope));
    expect(await recipients()).toEqual(["new@one.example"]);
  });

  it("goes round the domains, takes a few of each, and leaves out those that are told", async () => {
    const all = ["a", "b", "c"].flatMap((domain) => [1, 2, 3].map((n) => mail(`${n}@${domain}.example`)));
    await insertQueued(database, all);
    expect(await recipients({ perDomain: 2, domains: 2 })).toEqual([
      "1@a.example",
      "2@a.example",
      "1@b.example",
      "2@b.example",
    ]);
    expect(await recipients({ after: "b.example", perDomain: 1 })).toEqual(["1@c.example"]);
    expect(await recipients({ except: ["a.example"], total: 2 })).toEqual(["3@b.example", "2@c.example"]);
  });

  it("holds back what is paused: a configuration set's, the account's", async () => {
    await insertPausedSet(database, "held");
    await insertQueued(database, [mail("1@a.example", { configurationSet: "held" }), mail("2@a.example")]);
    await updateAccountSending(database, false);
    expect(await recipients()).toEqual([]);
    await updateAccountSending(database, true);
    expect(await recipients()).toEqual(["2@a.example"]);
    expect(await countQueued(database)).toEqual({ due: 0, waiting: 0, claimed: 1, paused: 1 });
    await updateConfigurationSetSending(database, "held", true);
    expect(await resumeQueued(database, 10)).toBe(1);
    expect(await recipients()).toEqual(["1@a.example"]);
  });

  it("sets paused mail aside once, and claims what is behind it", async () => {
    await insertPausedSet(database, "held");
    const domains = Array.from({ length: 70 }, (_, n) => `${n}.a.example`);
    await insertQueued(
      database,
      domains.flatMap((domain) => [1, 2, 3].map((n) => mail(`${n}@${domain}`, { configurationSet: "held" }))),
    );
    await insertQueued(database, [mail("free@0.a.example"), mail("free@z.example")]);
    const claimed: string[] = [];
    let paused = 0;
    let claims = 0;
    for (let after = ""; claimed.length < 2; claims++) {
      const found = await claimAll({ after, perDomain: 2 });
      claimed.push(...found.mail.map(({ recipient }) => recipient));
      paused += found.paused;
      after = found.next;
    }
    expect(claimed.sort()).toEqual(["free@0.a.example", "free@z.example"]);
    expect(paused).toBe(210);
    expect(claims).toBeLessThan(8);
    expect(await claimAll()).toEqual({ mail: [], unreadable: [], paused: 0, next: "" });
    expect(await countQueued(database)).toEqual({ due: 0, waiting: 0, claimed: 2, paused: 210 });
    expect((await selectQueuedDomains(database, 1))[0]).toMatchObject({ domain: "0.a.example", claimed: 1, paused: 3 });
  });

  it("resumes the mail of sets that send again or no longer exist, and only theirs", async () => {
    for (const name of ["again", "gone", "held"]) {
      await insertPausedSet(database, name);
      await insertQueued(
        database,
        [1, 2, 3].map((n) => mail(`${n}@${name}.example`, { configurationSet: name })),
      );
    }
    expect((await claimAll()).paused).toBe(9);
    expect(await resumeQueued(database, 100)).toBe(0);
    await updateConfigurationSetSending(database, "again", true);
    await deleteConfigurationSet(database, "gone");
    expect(await resumeQueued(database, 4)).toBe(4);
    expect(await resumeQueued(database, 4)).toBe(2);
    expect(await resumeQueued(database, 4)).toBe(0);
    const all = ["again", "gone"].flatMap((name) => [1, 2, 3].map((n) => `${n}@${name}.example`));
    expect(await recipients()).toEqual(all);
    expect(await countQueued(database)).toEqual({ due: 0, waiting: 0, claimed: 6, paused: 3 });
  });

  describe("in several scopes", () => {
    let other: number;
    let region: number;
    beforeAll(async () => {
      other = (await addScope(database, "222222222222", "us-east-1")).id;
      region = (await addScope(database, "000000000000", "eu-west-1")).id;
    });
    afterEach(async () => {
      await database.query("UPDATE account SET sending_enabled = true");
      await database.query("DELETE FROM configuration_sets");
    });

    const pauseAccount = (scope: number, paused = true) =>
      database.query("UPDATE account SET sending_enabled = $2 WHERE scope = $1", [scope, !paused]);
    const addSet = (scope: number, name: string, paused: boolean) =>
      database.query(
        `INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags)
         VALUES ($1, $2, $3, false, '[]')`,
        [scope, name, !paused],
      );

    it("holds back the mail of a paused tenant, until it sends again or no longer exists", async () => {
      const addTenant = (scope: number, name: string, status: string) =>
        database.query(
          "INSERT INTO tenants (scope, name, id, created_at, tags, sending_status) VALUES ($1, $2, $3, now(), '[]', $4)",
          [scope, name, `tn-${scope}-${name}`, status],
        );
      for (const name of ["again", "gone", "held"]) await addTenant(defaultScope, name, "DISABLED");
      await addTenant(defaultScope, "reinstated", "REINSTATED");
      await addTenant(other, "held", "ENABLED");
      await insertPausedSet(database, "set");
      const { envelope } = mail("");
      const of = (tenant: string, given: Partial<NewQueuedMail> = {}) =>
        mail(`${tenant}@${given.configurationSet ?? "no-set"}.example`, {
          envelope: { ...envelope, tenant },
          ...given,
        });
      await insertQueued(database, [
        ...["again", "gone", "held", "reinstated", "unknown"].map((name) => of(name)),
        of("again", { configurationSet: "set" }),
        mail("none@no-set.example"),
        { ...of("held", { scope: other }), recipient: "other@no-set.example" },
      ]);
      expect(await recipients()).toEqual(
        ["reinstated", "unknown", "none", "other"].map((name) => `${name}@no-set.example`),
      );
      expect(await resumeQueued(database, 10)).toBe(0);
      await database.query("UPDATE tenants SET sending_status = 'ENABLED' WHERE name = 'again'");
      await database.query("DELETE FROM tenants WHERE name = 'gone'");
      expect(await resumeQueued(database, 10)).toBe(2);
      expect(await recipients()).toEqual(["again@no-set.example", "gone@no-set.example"]);
      await updateConfigurationSetSending(database, "set", true);
      expect(await resumeQueued(database, 10)).toBe(1);
      expect(await countQueued(database)).toEqual({ due: 1, waiting: 0, claimed: 6, paused: 1 });
      await database.query("DELETE FROM tenants");
    });

    it("the pause of an account holds back its mail in one region, and no other mail", async () => {
      const held = Array.from({ length: 30 }, (_, n) => mail(`held-${n}@a.example`, { scope: other }));
      const inSet = mail("held-in-set@a.example", { scope: other, configurationSet: "news" });
      const free = [mail("default@a.example"), mail("region@a.example", { scope: region, configurationSet: "news" })];
      await insertQueued(database, [...held, inSet, ...free]);
      await pauseAccount(other);
      const claimed: string[] = [];
      for (let round = 0; round < 3; round++) claimed.push(...(await recipients({ perDomain: 5 })));
      expect(claimed).toEqual(["default@a.example", "region@a.example"]);
      const none = { due: 0, waiting: 0, claimed: 0, paused: 0 };
      expect(await countQueued(database)).toEqual({ ...none, claimed: 2, paused: 31 });
      expect(await countQueued(database, other)).toEqual({ ...none, paused: 31 });
      expect(await countQueued(database, defaultScope)).toEqual({ ...none, claimed: 1 });
      expect(await selectQueuedDomains(database, 10, region)).toMatchObject([{ domain: "a.example", claimed: 1 }]);
      expect(await selectQueuedDomains(database, 10, other)).toMatchObject([{ domain: "a.example", paused: 31 }]);
      await pauseAccount(region);
      expect(await resumeQueued(database, 100)).toBe(0);
      await pauseAccount(other, false);
      expect(await resumeQueued(database, 20)).toBe(20);
      expect(await resumeQueued(database, 20)).toBe(11);
      expect(await recipients({ perDomain: 100 })).toEqual([...held, inSet].map(({ recipient }) => recipient));
    });

    it("the pause of a configuration set holds back no mail of the same set elsewhere", async () => {
      for (const scope of [defaultScope, other, region]) await addSet(scope, "news", scope === other);
      const all = [defaultScope, other, region].map((scope) =>
        mail(`${scope}@a.example`, { scope, configurationSet: "news" }),
      );
      await insertQueued(database, all);
      expect(await recipients()).toEqual([`${defaultScope}@a.example`, `${region}@a.example`]);
      expect(await countQueued(database, other)).toMatchObject({ paused: 1 });
      // A set of the same name that is deleted elsewhere resumes nothing.
      await database.query("DELETE FROM configuration_sets WHERE scope <> $1", [other]);
      expect(await resumeQueued(database, 10)).toBe(0);
      await database.query("DELETE FROM configuration_sets WHERE scope = $1", [other]);
      expect(await resumeQueued(database, 10)).toBe(1);
      expect(await recipients()).toEqual([`${other}@a.example`]);
    });

    it("mail of a set that sends again waits while its account is paused", async () => {
      await addSet(other, "news", true);
      await insertQueued(database, [mail("1@a.example", { scope: other, configurationSet: "news" })]);
      expect(await recipients()).toEqual([]);
      await pauseAccount(other);
      await database.query("UPDATE configuration_sets SET sending_enabled = true");
      expect(await resumeQueued(database, 10)).toBe(0);
      await pauseAccount(other, false);
      expect(await resumeQueued(database, 10)).toBe(1);
      expect(await recipients()).toEqual(["1@a.example"]);
    });

    it("nothing is set aside while all accounts are paused", async () => {
      await insertQueued(database, [mail("1@a.example"), mail("2@a.example", { scope: other })]);
      for (const scope of [defaultScope, other, region]) await pauseAccount(scope);
      expect(await claimAll()).toEqual({ mail: [], unreadable: [], paused: 0, next: "" });
      expect(await countQueued(database)).toMatchObject({ due: 2, paused: 0 });
    });
  });

  it("doesn't grow while it is vacuumed between rounds", async () => {
    const size = async () => {
      const [row] = await database.query<{ bytes: number }>("SELECT pg_total_relation_size('send_queue') AS bytes");
      return row?.bytes ?? 0;
    };
    const round = async () => {
      await insertQueued(
        database,
        Array.from({ length: 200 }, (_, n) => mail(`${n}@a.example`)),
      );
      const claimed = await claim({ perDomain: 200, total: 200 });
      const settled = claimed.map(({ id }) => ({ id, retry: undefined }));
      expect((await settleQueued(database, worker, settled)).size).toBe(200);
      await vacuumQueue(database);
    };
    for (let n = 0; n < 3; n++) await round();
    const before = await size();
    for (let n = 0; n < 5; n++) await round();
    expect(await size()).toBeLessThan(before + 100_000);
  });

  it("settles: done rows go, others wait for their time and remember why", async () => {
    await insertQueued(database, [mail("1@a.example"), mail("2@a.example")]);
    const [first, second] = await claim();
    const settled = await settleQueued(database, worker, [
      { id: first?.id ?? 0, retry: undefined },
      { id: second?.id ?? 0, retry: { dueAt: later(60), status: "4.2.2", diagnostic: "smtp; 452 full" } },
    ]);
    expect(settled).toEqual(new Set([first?.id, second?.id]));
    expect(await promote(later(59))).toBe(0);
    expect(await claim()).toEqual([]);
    expect(await promote(later(60))).toBe(1);
    expect(await claim()).toMatchObject([
      { id: second?.id, tries: 1, lastStatus: "4.2.2", lastDiagnostic: "smtp; 452 full" },
    ]);
    expect(await settleQueued(database, worker, [{ id: first?.id ?? 0, retry: undefined }])).toEqual(new Set());
  });

  it("makes a waiting row due whose time lies beyond the longest pause: the clock was set back", async () => {
    await insertQueued(database, [mail("1@a.example"), mail("2@a.example")]);
    const [first, second] = await claim();
    const failure = { status: "4.2.2", diagnostic: "smtp; 452 full" };
    await settleQueued(database, worker, [
      { id: first?.id ?? 0, retry: { dueAt: later(3 * 3600), ...failure } },
      { id: second?.id ?? 0, retry: { dueAt: later(365 * 86_400), ...failure } },
    ]);
    expect(await promote(now)).toBe(1);
    expect(await recipients()).toEqual(["2@a.example"]);
  });

  it("tells for which domains mail waits, most first, and why", async () => {
    await insertQueued(database, [mail("1@a.example"), mail("1@b.example"), mail("2@b.example")]);
    const [first] = await claim({ after: "a.example", total: 1 });
    const retry = { dueAt: later(60), status: "4.2.2", diagnostic: "smtp; 452 full" };
    await settleQueued(database, worker, [{ id: first?.id ?? 0, retry }]);
    expect(await selectQueuedDomains(database, 10)).toEqual([
      {
        ...{ domain: "b.example", due: 1, waiting: 1, claimed: 0, paused: 0 },
        ...{ oldest: now, nextTry: later(60), lastDiagnostic: "smtp; 452 full" },
      },
      {
        domain: "a.example",
        due: 1,
        waiting: 0,
        claimed: 0,
        paused: 0,
        oldest: now,
        nextTry: null,
        lastDiagnostic: null,
      },
    ]);
    expect(await selectQueuedDomains(database, 1)).toHaveLength(1);
  });

  it("gives a dead worker's mail to another, and lets it settle nothing", async () => {
    await insertQueued(database, [mail("1@a.example")]);
    const dead = worker;
    const [row] = await claim();
    const seen = await selectWorkers(database);
    expect(seen.map(({ id }) => id)).toEqual([dead]);
    expect(await renewWorker(database, dead, 30)).toBe(true);
    for (const one of seen) expect(await buryWorker(database, one)).toBe(0);
    worker = randomUUID();
    await insertWorker(database, worker, 30);
    const [silent] = (await selectWorkers(database)).filter(({ id }) => id === dead);
    expect(await buryWorker(database, silent ?? { id: dead, renewal: "" })).toBe(1);
    expect(await renewWorker(database, dead, 30)).toBe(false);
    expect(await renewWorker(database, worker, 30)).toBe(true);
    expect(await claim({ worker: dead })).toEqual([]);
    expect(await claim()).toMatchObject([{ id: row?.id, tries: 0 }]);
    expect(await settleQueued(database, dead, [{ id: row?.id ?? 0, retry: undefined }])).toEqual(new Set());
    expect(await countQueued(database)).toEqual({ due: 0, waiting: 0, claimed: 1, paused: 0 });
  });

  it("gives back what is released, and all of a worker that goes or of an earlier process", async () => {
    await insertQueued(database, [mail("1@a.example"), mail("2@a.example")]);
    const [first] = await claim();
    await releaseQueued(database, worker, [first?.id ?? 0]);
    expect(await recipients()).toEqual(["1@a.example"]);
    await removeWorker(database, worker);
    expect(await countQueued(database)).toEqual({ due: 2, waiting: 0, claimed: 0, paused: 0 });
    await insertWorker(database, worker, 30);
    expect(await recipients()).toEqual(["1@a.example", "2@a.example"]);
    await buryAllWorkers(database);
    expect(await countQueued(database)).toEqual({ due: 2, waiting: 0, claimed: 0, paused: 0 });
  });
});

describe("several workers on a PostgreSQL server", () => {
  it("never claim the same row, and leave none", async () => {
    const server = databases.find(({ name }) => name.includes("server"));
    if (!server) throw new Error("there is no server");
    const database = await server.open();
    const all = Array.from({ length: 400 }, (_, n) => mail(`${n}@d${n % 7}.example`));
    await insertQueued(database, all);
    const claimed = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const worker = randomUUID();
        await insertWorker(database, worker, 30);
        const own: string[] = [];
        for (let empty = 0; empty < 3; ) {
          const { mail: rows } = await claimQueued(database, {
            worker,
            after: "",
            except: [],
            domains: 64,
            perDomain: 3,
            total: 10,
          });
          own.push(...rows.map(({ recipient }) => recipient));
          empty = rows.length === 0 ? empty + 1 : 0;
        }
        return own;
      }),
    );
    expect(claimed.flat().sort()).toEqual(all.map(({ recipient }) => recipient).sort());
    await database.close();
  });
});
