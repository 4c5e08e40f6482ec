/** Message-insights files as a run writes them: their bytes, and how many rows they have. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { exported, messages } from "../../../test/support/export-run.ts";
import {
  bounceEvent,
  clickEvent,
  complaintEvent,
  deliveryEvent,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../../test/support/mail-events.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";

const header =
  '"messageid","sendtimestamp","isp","fromaddress","destination","subject","last_delivery_event","last_engagement_event",' +
  '"last_delivery_event_timestamp","last_engagement_event_timestamp","bounce_sub_type","diagnostic_code",\n';

describe.each(eventDatabases)("a message-insights file ($kind)", ({ open }) => {
  it("has SES's form, byte for byte", async () => {
    const events = await open();
    const sentAt = new Date("2026-09-21T01:02:03.123Z");
    const later = (milliseconds: number) => new Date(sentAt.getTime() + milliseconds);
    const one = sendEvent({ messageId: "m1", sentAt, message: { subject: "hello", isp: "Gmail" } });
    const two = sendEvent({
      messageId: "m2",
      sentAt,
      recipient: '"a""b"@example.com',
      message: { subject: '=cmd|"/c"!A1\r\nnext, line\\ \u{1f600}é', source: "-1@example.com" },
    });
    const three = sendEvent({ messageId: "m3", sentAt, message: { subject: undefined } });
    await insertEvents(events, [
      one,
      deliveryEvent({ ...one, at: later(1_333) }),
      openEvent({ ...one, at: later(2_000) }),
      clickEvent({ ...one, at: later(3_000) }),
      openEvent({ ...one, at: later(4_000) }),
      two,
      bounceEvent(
        { ...two, at: later(5) },
        { bounceSubType: "OnAccountSuppressionList", diagnosticCode: 'smtp; 550\n5.1.1 "no"\tuser/x' },
      ),
      three,
      deliveryEvent({ ...three, at: later(1) }),
      complaintEvent({ ...three, at: later(2) }),
    ]);
    const csv = await exported(events, { format: "CSV" });
    expect(csv.file).toBe(
      header +
        '"m1","2026-09-21 01:02:03.123 UTC","Gmail","sender@example.com","user@example.com","hello","DELIVERY","CLICK",' +
        '"2026-09-21 01:02:04.456 UTC","2026-09-21 01:02:06.123 UTC","","",\n' +
        '"m2","2026-09-21 01:02:03.123 UTC","UNKNOWN_ISP","\'-1@example.com","""a""""b""@example.com",' +
        '"\'=cmd|""/c""!A1\r\nnext, line\\ \u{1f600}é","PERMANENT_BOUNCE","","2026-09-21 01:02:03.128 UTC","",' +
        '"ON_ACCOUNT_SUPPRESSION_LIST","smtp; 550\n5.1.1 ""no""\tuser/x",\n' +
        '"m3","2026-09-21 01:02:03.123 UTC","UNKNOWN_ISP","sender@example.com","user@example.com","","COMPLAINT","",' +
        '"2026-09-21 01:02:03.125 UTC","","","",\n',
    );
    expect(csv).toMatchObject({ processedRecords: 3, exportedRecords: 3 });
    expect(csv.fileName).toMatch(/^20261123_123456_[0-9a-f]{10}\.csv$/);

    const json = await exported(events, { format: "JSON" });
    expect(json.file).toBe(
      '[\n{"messageid":"m1","sendtimestamp":"2026-09-21 01:02:03.123 UTC","isp":"Gmail",' +
        '"fromaddress":"sender@example.com","destination":"user@example.com","subject":"hello",' +
        '"last_delivery_event":"DELIVERY","last_engagement_event":"CLICK",' +
        '"last_delivery_event_timestamp":"2026-09-21 01:02:04.456 UTC",' +
        '"last_engagement_event_timestamp":"2026-09-21 01:02:06.123 UTC"}\n' +
        ',{"messageid":"m2","sendtimestamp":"2026-09-21 01:02:03.123 UTC","isp":"UNKNOWN_ISP",' +
        '"fromaddress":"-1@example.com","destination":"\\"a\\"\\"b\\"@example.com",' +
        '"subject":"=cmd|\\"/c\\"!A1\\r\\nnext, line\\\\ \u{1f600}é","last_delivery_event":"PERMANENT_BOUNCE",' +
        '"last_delivery_event_timestamp":"2026-09-21 01:02:03.128 UTC","bounce_sub_type":"ON_ACCOUNT_SUPPRESSION_LIST",' +
        '"diagnostic_code":"smtp; 550\\n5.1.1 \\"no\\"\\tuser/x"}\n' +
        ',{"messageid":"m3","sendtimestamp":"2026-09-21 01:02:03.123 UTC","isp":"UNKNOWN_ISP",' +
        '"fromaddress":"sender@example.com","destination":"user@example.com","last_delivery_event":"COMPLAINT",' +
        '"last_delivery_event_timestamp":"2026-09-21 01:02:03.125 UTC"}\n]\n',
    );
    expect(JSON.parse(json.file)).toHaveLength(3);
  });

  it("has a form without rows, too", async () => {
    const events = await open();
    expect(await exported(events, { format: "CSV" })).toMatchObject({
      file: header,
      processedRecords: 0,
      exportedRecords: 0,
    });
    expect(await exported(events, { format: "JSON" })).toMatchObject({ file: "[\n]\n", exportedRecords: 0 });
  });

  it.each(["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a", "﹦1", "−1", " =1", "\u3000＝1"])(
    "keeps the subject %j from being a formula, in CSV only",
    async (subject) => {
      const events = await open();
      await insertEvents(events, [sendEvent({ message: { subject } })]);
      expect((await exported(events, { format: "CSV" })).file).toContain(`,"'${subject}",`);
      expect(JSON.parse((await exported(events, { format: "JSON" })).file)[0].subject).toBe(subject);
    },
  );

  it("reads any subject back as it was", async () => {
    const events = await open();
    const subjects = fc.sample(fc.string({ unit: "binary", minLength: 1 }), 200);
    await insertEvents(
      events,
      subjects.map((subject, index) =>
        sendEvent({ messageId: `m${String(index).padStart(3, "0")}`, message: { subject } }),
      ),
    );
    const rows = JSON.parse((await exported(events, {})).file);
    expect(rows.map((row: { subject: string }) => row.subject)).toEqual(
      subjects.map((subject) => subject.toWellFormed()),
    );
    const csv = await exported(events, { format: "CSV" });
    expect(csv.exportedRecords).toBe(200);
  });

  it("has the messages sent from the start to the end, both included", async () => {
    const events = await open();
    const start = new Date("2026-09-21T00:00:00.000Z");
    const end = new Date("2026-09-21T00:00:01.000Z");
    const times = [-1, 0, 1, 999, 1_000, 1_001].map((offset) => new Date(start.getTime() + offset));
    await insertEvents(
      events,
      times.map((sentAt) => sendEvent({ sentAt })),
    );
    const { file, processedRecords } = await exported(events, { source: messages({ start, end }) });
    expect(JSON.parse(file).map((row: { sendtimestamp: string }) => row.sendtimestamp.slice(17))).toEqual([
      "00.000 UTC",
      "00.001 UTC",
      "00.999 UTC",
      "01.000 UTC",
    ]);
    expect(processedRecords).toBe(4);
    const all = messages({ start: new Date("0001-01-01T00:00:00Z"), end: new Date("9999-12-31T23:59:59Z") });
    expect((await exported(events, { source: all })).exportedRecords).toBe(6);
    expect(
      (await exported(events, { source: messages({ start: new Date(end.getTime() + 2), end: all.end }) }))
        .exportedRecords,
    ).toBe(0);
  });

  it("leaves out what SES would not show, where that is set", async () => {
    const events = await open();
    await insertEvents(events, [sendEvent(), sendEvent({ message: { inSesScope: false } })]);
    expect((await exported(events, { messages: "all" })).exportedRecords).toBe(2);
    expect(await exported(events, { messages: "ses" })).toMatchObject({ exportedRecords: 1, processedRecords: 1 });
  });

  describe("with more matches than rows", () => {
    let events: EventDatabase;
    beforeAll(async () => {
      events = await open();
      const sent = Array.from({ length: 1_500 }, (_, index) =>
        sendEvent({
          sentAt: new Date(Date.UTC(2026, 8, 21) + index),
          message: { subject: index % 3 === 0 ? "other" : "match" },
        }),
      );
      await insertEvents(events, sent);
    });
    const ids = ({ file }: { file: string }) => JSON.parse(file).map((row: { messageid: string }) => row.messageid);

    it("has 1,000 rows unless told otherwise, all of them matches, each once", async () => {
      const source = messages({ exclude: { Subject: ["none"] } });
      const found = await exported(events, { source });
      expect(found).toMatchObject({ processedRecords: 1_500, exportedRecords: 1_000 });
      expect(new Set(ids(found)).size).toBe(1_000);
      const matching = await exported(events, {
        source: messages({ include: { Subject: ["match"] }, maxResults: 700 }),
      });
      expect(matching).toMatchObject({ processedRecords: 1_500, exportedRecords: 700 });
      expect(matching.file).not.toContain('"other"');
    });

    it("has a random sample: the same for the same job, another for another, and not the oldest", async () => {
      const source = messages({ maxResults: 100 });
      const [first, again, other] = await Promise.all([
        exported(events, { source, jobId: "one", run: "a" }),
        exported(events, { source, jobId: "one", run: "b" }),
        exported(events, { source, jobId: "two" }),
      ]);
      expect(ids(again)).toEqual(ids(first));
      expect(ids(other)).not.toEqual(ids(first));
      // Of the older half there are 50 in 100 on average; none or all of them would be no random sample.
      const oldest = ids(await exported(events, { source: messages({ maxResults: 1_500 }) })).slice(0, 750);
      const half = ids(first).filter((id: string) => oldest.includes(id)).length;
      expect(half).toBeGreaterThan(15);
      expect(half).toBeLessThan(85);
    });

    it("has all of them where just as many match, oldest first, and as many as the setting allows", async () => {
      const all = ids(await exported(events, { source: messages({ maxResults: 1_500 }) }));
      expect(all).toHaveLength(1_500);
      expect(all).toEqual(all.toSorted());
      expect(
        (await exported(events, { source: messages({ maxResults: 10_000 }), maxRows: 1_200 })).exportedRecords,
      ).toBe(1_200);
      expect((await exported(events, { maxRows: 0 })).exportedRecords).toBe(1_500);
    });
  });
});
