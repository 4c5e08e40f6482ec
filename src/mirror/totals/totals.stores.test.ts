/** Control totals with both kinds of stores. CloudWatch is a test double that records the SDK's requests. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsDouble, jsonError, startAwsDouble } from "../../../test/support/aws-double.ts";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { insertEvents, sendEvent } from "../../../test/support/mail-events.ts";
import { addScope } from "../../../test/support/other-scopes.ts";
import { createEventReader } from "../../insights/event-reader.ts";
import { type AwsClients, createAwsClients } from "../../publishing/aws/clients.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertMirrorSource, selectMirrorSource } from "../../stores/postgres/mirror-sources.ts";
import { addMirrorTypes } from "../../stores/postgres/mirror-types.ts";
import { findScope, type Scope } from "../../stores/postgres/scopes.ts";
import { sourceOf } from "../mirror-source.ts";
import { mailEventsOf, readMirroredEvent } from "../mirrored-event.ts";
import { encodeSourceSettings } from "../source-settings.ts";
import { controlTotals, type TotalsRequest } from "./totals.ts";

const account = "111122223333";
const region = "eu-west-1";
const sourceId = "00000000-0000-4000-8000-000000000001";
const day = (date: number, time = "00:00:00.000") => `2026-11-${`${date}`.padStart(2, "0")}T${time}Z`;
const engines = databases.flatMap((postgres, index) => {
  const clickhouse = eventDatabases[index];
  return clickhouse ? [{ postgres, clickhouse }] : [];
});

interface Says {
  to?: string[];
  timestamp?: string;
  recipients?: string[];
}

interface Asked {
  MetricDataQueries: { Id: string; AccountId?: string; MetricStat: { Metric: object; Period: number; Stat: string } }[];
  StartTime: number;
  EndTime: number;
  NextToken?: string;
}

describe.each(engines)("totals on $postgres.name and $clickhouse.kind ClickHouse", ({ postgres, clickhouse }) => {
  let database: ScopedDatabase;
  let events: EventDatabase;
  let scope: Scope;
  let double: AwsDouble<Asked>;
  let aws: AwsClients;
  beforeAll(async () => {
    database = await postgres.open();
    events = await clickhouse.open();
    scope = await addScope(database, account, region);
    await insertMirrorSource(
      database,
      {
        ...{ id: sourceId, name: "prod", kind: "sns", enabled: true, accounts: [account], region },
        settings: encodeSourceSettings({ kind: "sns", topicArns: [], raw: false }),
        ...{ sealedSecret: null, suppresses: false, silenceSeconds: null, createdAt: new Date(day(1)) },
      },
      10,
    );
    const types = ["SEND", "DELIVERY", "BOUNCE", "OPEN"].map((type) => {
      const at = new Date(day(1));
      return { source: sourceId, scope: scope.id, configurationSet: "", type, events: 1, firstAt: at, lastAt: at };
    });
    await addMirrorTypes(database, types);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    double = await startAwsDouble<Asked>();
    for (const [name, value] of Object.entries(double.environment)) vi.stubEnv(name, value);
    aws = createAwsClients();
    await events.client.command({ query: "TRUNCATE TABLE events" });
  });
  afterEach(async () => {
    aws.close();
    vi.unstubAllEnvs();
    await double.close();
  });

  /** Our events for an SES event of a message sent at `sentAt`. */
  const mirrored = (id: string, sentAt: string, eventType: string, says: Says = {}) => {
    const { to = ["a@example.net"], ...body } = says;
    const member = eventType.toLowerCase();
    const mail = {
      messageId: id,
      timestamp: sentAt,
      source: "s@example.com",
      sendingAccountId: account,
      destination: to,
    };
    const facts = { scope: scope.id, account, suppresses: false, openTracked: false, clickTracked: false };
    return mailEventsOf(readMirroredEvent({ eventType, mail, [member]: body }), facts);
  };
  const totals = async (request: Partial<TotalsRequest> = {}) => {
    const source = await selectMirrorSource(database, sourceId);
    if (!source) throw new Error("there is no source");
    return controlTotals(
      {
        ...{ database, aws, reader: createEventReader(events), recorder: { drained: async () => {} } },
        scopes: { byId: async () => scope, find: (one, of) => findScope(database, one, of) },
        clock: () => new Date(day(5, "12:00:00.000")),
      },
      sourceOf(source),
      { range: { from: new Date(day(1)), to: new Date(day(6)) }, by: "cloudwatch", only: undefined, ...request },
    );
  };
  /** CloudWatch's results, given the days and counts of each metric. */
  const counts = (given: Record<string, [string, number][]>) =>
    Object.entries(given).map(([Id, days]) => ({
      ...{ Id, Label: Id, StatusCode: "Complete" },
      Timestamps: days.map(([at]) => Date.parse(at) / 1000),
      Values: days.map(([, count]) => count),
    }));
  const count = (type: string, counted: number, arrived: number, more: object = {}) => ({
    ...{ type, counted, arrived, missing: counted - arrived },
    percent: counted === 0 ? null : Math.round(((counted - arrived) / counted) * 10_000) / 100,
    ...more,
  });

  it("compare SES's counts with what arrived, by day", async () => {
    const two = ["a@example.net", "b@example.net"];
    const opened = (time: string) => mirrored("m1", day(1), "Open", { timestamp: day(2, time) });
    const told = [
      mirrored("m1", day(1), "Send"),
      // Delivered and opened on the next day. Repeated events count once.
      mirrored("m1", day(1), "Delivery", { timestamp: day(2), recipients: ["a@example.net"] }),
      ...["01:00:00.000", "02:00:00.000", "02:00:00.000"].map(opened),
      mirrored("m2", day(2), "Send", { to: two }),
      ...two.map((to) =>
        mirrored("m2", day(2), "Delivery", { timestamp: day(2, "00:01:00.000"), recipients: [to], to: two }),
      ),
    ];
    await insertEvents(events, told.flat());
    await insertEvents(events, told.flat());
    // Our own mail of the same account, and mail of another account, which must not count.
    await insertEvents(events, [sendEvent({ scope: scope.id, sentAt: new Date(day(2)) }), sendEvent()]);
    double.answer = ({ input }) => ({
      body:
        input.NextToken === undefined
          ? {
              MetricDataResults: counts({
                send: [
                  [day(1), 1],
                  [day(2), 2],
                  [day(4), 7],
                ],
                open: [[day(2), 2]],
              }),
              NextToken: "more",
            }
          : { MetricDataResults: counts({ delivery: [[day(2), 3]], bounce: [[day(5), 1]], complaint: [[day(1), 1]] }) },
    });
    const { scopes, ...rest } = await totals();
    expect(rest).toEqual({ by: "cloudwatch", from: "2026-11-01", to: "2026-11-06" });
    expect(scopes).toHaveLength(1);
    const [one] = scopes;
    expect(one).toMatchObject({ account, region });
    expect(one?.sums.slice(0, 6)).toEqual([
      count("SEND", 10, 2, { arrivedRecipients: 3 }),
      count("DELIVERY", 3, 3),
      count("BOUNCE", 1, 0),
      count("COMPLAINT", 1, 0),
      count("REJECT", 0, 0),
      count("OPEN", 2, 2),
    ]);
    expect(
      one?.days.map((of) => [
        of.day,
        of.complete,
        ...of.counts.slice(0, 2).map(({ counted, arrived }) => [counted, arrived]),
      ]),
    ).toEqual([
      ["2026-11-01", true, [1, 1], [0, 0]],
      ["2026-11-02", true, [2, 1], [3, 3]],
      ["2026-11-03", true, [0, 0], [0, 0]],
      ["2026-11-04", true, [7, 0], [0, 0]],
      ["2026-11-05", false, [0, 0], [0, 0]],
    ]);
    // No gaps for the bounce, which is of today, and the complaint, since the source has never received any.
    expect(one?.gaps).toEqual([
      { day: "2026-11-02", ...count("SEND", 2, 1, { arrivedRecipients: 2 }) },
      { day: "2026-11-04", ...count("SEND", 7, 0) },
    ]);
    expect(one?.emptyDays).toEqual(["2026-11-04"]);
    expect(one?.typesNotSent).toEqual(["COMPLAINT"]);
  });

  it("request the whole account's metrics from CloudWatch, by day", async () => {
    double.answer = () => ({ body: { MetricDataResults: [] } });
    await totals();
    expect(double.calls).toHaveLength(1);
    const [{ operation, input } = { operation: "", input: undefined }] = double.calls;
    expect(operation).toBe("GraniteServiceVersion20100801.GetMetricData");
    expect(input).toMatchObject({ StartTime: Date.parse(day(1)) / 1000, EndTime: Date.parse(day(6)) / 1000 });
    const names = ["Send", "Delivery", "Bounce", "Complaint", "Reject", "Open", "Click", "RenderingFailure"];
    expect(input?.MetricDataQueries).toEqual(
      names.map((MetricName) => ({
        Id: expect.stringMatching(/^[a-z][a-z_]*$/),
        MetricStat: { Metric: { Namespace: "AWS/SES", MetricName }, Period: 86_400, Stat: "Sum" },
      })),
    );
  });

  it("name the account if the source has several, and can be restricted to one account and region", async () => {
    await database.query("UPDATE mirror_sources SET accounts = ARRAY['111122223333', '444455556666']");
    double.answer = () => ({ body: { MetricDataResults: [] } });
    const { scopes } = await totals();
    expect(scopes.map((one) => [one.account, one.region])).toEqual([
      [account, region],
      ["444455556666", region],
    ]);
    const asked = () => double.calls.map(({ input }) => input.MetricDataQueries[0]?.AccountId);
    expect(asked()).toEqual([account, "444455556666"]);
    double.calls.length = 0;
    await totals({ only: { account: "444455556666", region } });
    expect(asked()).toEqual(["444455556666"]);
    await expect(totals({ by: "vdm" })).rejects.toThrow("VDM has counts only for the account");
    await database.query("UPDATE mirror_sources SET accounts = ARRAY['111122223333']");
  });

  it("report AWS's refusals", async () => {
    double.answer = () => jsonError(403, "AccessDenied", "not you");
    const { scopes } = await totals();
    const error =
      "CloudWatch in eu-west-1: access was denied; allow cloudwatch:GetMetricData for Mailglass's AWS credentials";
    const nothing = { sums: [], days: [], gaps: [], emptyDays: [], typesNotSent: [] };
    expect(scopes).toEqual([{ account, region, error, ...nothing }]);
    double.answer = () => ({ body: { MetricDataResults: [{ Id: "send", StatusCode: "Forbidden" }] } });
    expect((await totals()).scopes).toMatchObject([{ error: expect.stringContaining("not return send: Forbidden") }]);
  });
});
