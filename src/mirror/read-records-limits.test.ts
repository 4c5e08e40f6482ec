import { expect, it } from "vitest";
import { errors } from "../contract/errors.ts";
import type { MirrorSource } from "./mirror-source.ts";
import { createRecordReader } from "./read-records.ts";
import { createTracked } from "./tracked-mail.ts";

const source: MirrorSource = {
  ...{ id: "5f0c7f0a-9f1e-4d6e-8d3c-2b1a09f8e7d6", name: "prod", enabled: true, accounts: ["111122223333"] },
  ...{ region: "eu-west-1", suppresses: false, silenceSeconds: null, sealedSecret: null, createdAt: new Date() },
  ...{ confirmedAt: null, validatedAt: null, receivedAt: null, eventAt: null, error: null, errorAt: null },
  ...{ waiting: null, dropped: 0, settings: { kind: "firehose" } },
};
const event = {
  eventType: "Send",
  mail: { messageId: "0102-1", timestamp: "2026-11-01T10:00:00.000Z", destination: ["a@example.com"] },
};
const read = (of: () => Promise<undefined>, record: object) =>
  createRecordReader({ scopes: { inMemory: () => undefined, of }, tracked: createTracked() }).read(source, [
    Buffer.from(JSON.stringify(record)),
  ]);

it("an event of one region too many is set aside, so that it does not block other events", async () => {
  const refused = () => Promise.reject(errors.regionLimit("111122223333", 100));
  const { setAside, events } = await read(refused, event);
  expect([events, setAside]).toEqual([[], [{ text: JSON.stringify(event), reason: expect.stringContaining("100") }]]);
  await expect(read(() => Promise.reject(new Error("the database is down")), event)).rejects.toThrow("is down");
});

it("metric stream data is neither recorded nor set aside", async () => {
  const metric = {
    metric_stream_name: "ses",
    account_id: "111122223333",
    region: "eu-west-1",
    namespace: "AWS/SES",
    metric_name: "Send",
    dimensions: {},
    timestamp: 1_793_000_000_000,
    value: { count: 3, sum: 3, max: 1, min: 1 },
    unit: "Count",
  };
  const unused = () => Promise.reject(new Error("not asked for in this test"));
  expect(await read(unused, metric)).toEqual({ events: [], seen: [], setAside: [], validations: 0, metrics: 1 });
});
