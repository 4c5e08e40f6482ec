import type { BatchGetMetricDataQuery, MetricDataError, MetricDataResult } from "@aws-sdk/client-sesv2";
import { number, object } from "valibot";
import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { Shown, ShownKinds } from "../../events/message-state.ts";
import type { Recorder } from "../../events/recorder.ts";
import { type CountedRanges, readCountedRanges } from "../../insights/metrics/counted-ranges.ts";
import { selectDailySeries } from "../../insights/metrics/daily-series.ts";
import { isDimension } from "../../insights/metrics/dimensions.ts";
import type { ScopedRead } from "../../insights/scoped-read.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { readWithinMs } from "../../stores/clickhouse/select-rows.ts";
import { checkDimensionValue } from "./dimension-values.ts";

export interface MetricServices extends ShownKinds {
  /** Reads events of the caller's account and region. */
  read: ScopedRead;
  events: EventDatabase;
  recorder: Recorder;
  vdmEnabled: () => Promise<boolean>;
  /** Called with the error of a failed query. The caller of the operation only learns that the query failed. */
  failed: (error: unknown, requestId: string) => void;
  /** How long the event database may take, in milliseconds. */
  answerWithinMs?: number;
}

const dailyRow = object({ day: number(), value: number() });
const longestInterval = 60 * 24 * 3600 * 1000;

/**
 * BatchGetMetricData: a series of days for each query. SES checks in this order: VDM, the number of queries, their IDs,
 * the names of dimensions, the other members, the values of dimensions, the dates.
 */
export function batchGetMetricData(services: MetricServices): Handler<"BatchGetMetricData"> {
  return async (input, { requestId }) => {
    if (!(await services.vdmEnabled())) throw errors.vdmDisabled();
    const queries = input.Queries ?? [];
    const found = violations("BatchGetMetricData", input);
    refuse(found.filter(({ path }) => path === "queries"));
    const ids = queries.flatMap(({ Id: id }) => (id === undefined ? [] : [id]));
    if (new Set(ids).size !== ids.length) throw errors.repeatedQueryId();
    const dimensions = queries.flatMap(({ Dimensions: given }) => Object.entries(given ?? {}));
    if (!dimensions.every(([name]) => isDimension(name))) throw errors.unsupportedDimension();
    refuse(found);
    for (const [name, value] of dimensions) checkDimensionValue(name, value, false);
    for (const query of queries) checkDates(query);

    const deadline = AbortSignal.timeout(services.answerWithinMs ?? readWithinMs);
    // Include everything acknowledged before the call.
    await services.recorder.drained(deadline);
    const results: MetricDataResult[] = [];
    const failures: MetricDataError[] = [];
    const rangesOf = rangesOnce(services.events, deadline);
    const answers = await services.read((scope) =>
      Promise.allSettled(queries.map((query) => answer({ ...services, scope, rangesOf }, query, deadline))),
    );
    for (const [index, one] of answers.entries()) {
      if (one.status === "fulfilled") {
        results.push(one.value);
        continue;
      }
      services.failed(one.reason, requestId);
      failures.push({ Id: queries[index]?.Id, Code: "INTERNAL_FAILURE", Message: "The query failed. Try again." });
    }
    return { Results: results, Errors: failures };
  };
}

function checkDates({ StartDate: start, EndDate: end }: BatchGetMetricDataQuery): void {
  if (!start || !end || start >= end) throw errors.startNotBeforeEnd();
  if (end.getTime() - start.getTime() > longestInterval) throw errors.intervalTooLong();
}

type RangesOf = (interval: { start: Date; end: Date }) => Promise<CountedRanges>;

/** Queries with the same interval share a look at the counts. */
function rangesOnce(events: EventDatabase, signal: AbortSignal): RangesOf {
  const known = new Map<string, Promise<CountedRanges>>();
  return ({ start, end }) => {
    const key = `${start.getTime()} ${end.getTime()}`;
    const ranges = known.get(key) ?? readCountedRanges(events, { start, end }, signal);
    known.set(key, ranges);
    return ranges;
  };
}

async function answer(
  services: MetricServices & Shown & { rangesOf: RangesOf },
  query: BatchGetMetricDataQuery,
  signal: AbortSignal,
): Promise<MetricDataResult> {
  const { Id: id, Metric: metric, StartDate: start, EndDate: end, Dimensions: dimensions } = query;
  if (!metric || !start || !end) throw new Error("a query without a metric or dates passed validation");
  const session = await services.events.openSession();
  try {
    const timestamps: Date[] = [];
    const values: number[] = [];
    const ranges = await services.rangesOf({ start, end });
    const series = selectDailySeries({ metric, start, end, dimensions: dimensions ?? {} }, ranges, services);
    for await (const { day, value } of session.rows(dailyRow, { ...series, signal })) {
      timestamps.push(new Date(day * 1000));
      values.push(value);
    }
    return { Id: id, Timestamps: timestamps, Values: values };
  } finally {
    await session.close();
  }
}
