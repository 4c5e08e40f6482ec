/** Calls of BatchGetMetricData without a server. */

import { decode } from "../../src/contract/decode.ts";
import type { Output } from "../../src/contract/types.ts";
import { batchGetMetricData, type MetricServices } from "../../src/operations/metrics/batch-get-metric-data.ts";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { defaultScope } from "../../src/stores/postgres/database.ts";
import { callContext } from "./operation-call.ts";

/** What it answers from, with what is given; the events are in the event database already. */
export const metricServices = (events: EventDatabase, given: Partial<MetricServices> = {}): MetricServices => ({
  events,
  recorder: { wake: () => {}, drained: async () => {}, stop: async () => {} },
  vdmEnabled: async () => true,
  read: (read) => read(defaultScope),
  messages: "all",
  machines: "apart",
  failed: (error) => {
    throw error;
  },
  ...given,
});

/** A time as JSON has it. */
export const seconds = (time: string) => Date.parse(time) / 1000;

/** A query as it comes in JSON, of SEND in September 2026, with what is given. */
export const query = (given: object = {}) => ({
  Id: "one",
  Namespace: "VDM",
  Metric: "SEND",
  StartDate: seconds("2026-09-01"),
  EndDate: seconds("2026-10-01"),
  ...given,
});

/** Reads the queries as they would come in, and answers them. */
export function callMetrics(on: MetricServices, ...queries: object[]): Promise<Output<"BatchGetMetricData">> {
  const input = decode("BatchGetMetricData", { labels: {}, query: "", body: JSON.stringify({ Queries: queries }) });
  return batchGetMetricData(on)(input, callContext());
}

/** So many queries, each with an id of its own unless one is given. */
export const queries = (count: number, given: (n: number) => object) =>
  Array.from({ length: count }, (_, n) => query({ Id: `${n}`, ...given(n) }));
