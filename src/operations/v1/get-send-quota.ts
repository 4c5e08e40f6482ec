import type { Config } from "../../config/config.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { sentSince } from "../../stores/postgres/account.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";

const dayMs = 24 * 3600 * 1000;

/**
 * The quota of an account without limits, in messages in 24 hours and per second. Clients divide by these numbers and
 * subtract from them, to pace themselves: neither zero nor GetAccount's -1 works for them.
 */
const unlimited = { Max24HourSend: 1_000_000_000, MaxSendRate: 10_000 };

/** GetSendQuota: the account's limits, and its count of messages in the last 24 hours (with a resolution of an hour). */
export function getSendQuota(services: {
  database: ScopedQueryable;
  config: Pick<Config, "dailyQuota" | "sendRate">;
}): Handler<"GetSendQuota"> {
  const { dailyQuota, sendRate } = services.config;
  return async (_, { now }) => ({
    Max24HourSend: dailyQuota === 0 ? unlimited.Max24HourSend : dailyQuota,
    MaxSendRate: sendRate === 0 ? unlimited.MaxSendRate : sendRate,
    SentLast24Hours: await sentSince(services.database, new Date(now.getTime() - dayMs)),
  });
}
