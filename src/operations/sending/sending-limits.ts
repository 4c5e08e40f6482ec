/**
 * The account's sending rate and daily quota (MAILGLASS_SEND_RATE, MAILGLASS_DAILY_QUOTA). As in SES, recipients count,
 * and a sender with any allowance left may send a whole message; the excess is deducted from later sending. Each
 * process counts its own rate. The daily count is the database's, read once a second, plus what this process has
 * accepted since: several processes together may exceed it by a second's sending.
 */
import { createTokenBucket } from "../../common/token-bucket.ts";
import { errors } from "../../contract/errors.ts";
import { sentSince } from "../../stores/postgres/account.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";

/** The limits; 0 means none. */
export interface Limits {
  /** Recipients per second. */
  readonly perSecond: number;
  /** Recipients in 24 hours. */
  readonly perDay: number;
}

export interface SendingLimits {
  /**
   * Counts a message before it is accepted.
   * @param counted the number of its recipients that count toward the daily quota; the mailbox simulator's do not.
   * @throws an error if the rate or the quota is exceeded.
   */
  take(recipients: number, counted: number): Promise<void>;
}

const dayMs = 24 * 3600 * 1000;
const refreshMs = 1_000;

/** Starts with a full second's allowance. The rate counts by `steadyClock`, which is `clock` by default. */
export function createSendingLimits(
  services: { database: ScopedQueryable; clock: () => Date; steadyClock?: () => Date },
  limits: Limits,
): SendingLimits {
  const { database, clock, steadyClock = clock } = services;
  const { perSecond } = limits;
  const rate =
    perSecond > 0 ? createTokenBucket({ burst: perSecond, refill: perSecond, everyMs: 1_000 }, steadyClock) : undefined;
  let counted: { at: number; before: Promise<number> } | undefined;
  let since = 0;

  return {
    async take(recipients, counting) {
      if (limits.perDay > 0) {
        if ((await sentBefore()) + since >= limits.perDay) throw errors.dailyQuotaExceeded();
        since += counting;
      }
      if (rate && !rate.take(recipients, 1)) throw errors.sendRateExceeded();
    },
  };

  /** The number of recipients in the last 24 hours according to the database, at most a second old. */
  function sentBefore(): Promise<number> {
    const now = clock().getTime();
    if (!counted || now - counted.at >= refreshMs || now < counted.at) {
      since = 0;
      const read = { at: now, before: sentSince(database, new Date(now - dayMs)) };
      counted = read;
      read.before.catch(() => {
        if (counted === read) counted = undefined;
      });
    }
    return counted.before;
  }
}
