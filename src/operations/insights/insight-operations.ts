/** The operations that report events: by message, by address, and as metrics. */
import type { FastifyBaseLogger } from "fastify";
import type { AddressEvaluator } from "../../address-validation/evaluate-address.ts";
import type { Config } from "../../config/config.ts";
import type { Handlers } from "../../contract/types.ts";
import { shownOf } from "../../events/message-state.ts";
import type { Recorder } from "../../events/recorder.ts";
import { createScopedRead } from "../../insights/scoped-read.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { batchGetMetricData } from "../metrics/batch-get-metric-data.ts";
import { getEmailAddressInsights } from "./get-email-address-insights.ts";
import { getMessageInsights } from "./get-message-insights.ts";

export interface InsightOperationServices {
  config: Pick<Config, "insightsScope" | "machineEngagement" | "accountId">;
  database: ScopedDatabase;
  events: EventDatabase;
  recorder: Recorder;
  addresses: AddressEvaluator;
  vdmEnabled: () => Promise<boolean>;
  log: Pick<FastifyBaseLogger, "error">;
}

export function insightOperations({ config, log, ...services }: InsightOperationServices) {
  const shown = shownOf(config);
  const { database } = services;
  return {
    BatchGetMetricData: batchGetMetricData({
      ...services,
      ...shown,
      read: createScopedRead(database),
      failed: (err, requestId) => log.error({ err, requestId }, "a metric query failed"),
    }),
    GetEmailAddressInsights: getEmailAddressInsights(services),
    GetMessageInsights: getMessageInsights({
      ...services,
      ...shown,
      scope: database.scope,
      accountId: config.accountId,
    }),
  } satisfies Handlers;
}
