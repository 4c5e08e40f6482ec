/** Checks domains and addresses for recommendations in the background, in one process at a time. */
import type { ClockMoves } from "../common/settable-clock.ts";
import { type LeasedLoop, startLeasedLoop } from "../stores/postgres/leased-loop.ts";
import { type CheckAddressesServices, checkAddresses } from "./check-addresses.ts";
import { type CheckDueServices, checkDue } from "./check-due.ts";

const lease = { name: "recommendations", seconds: 60 };
/** How often domains that are due are looked for, and how often addresses are checked, in milliseconds. */
const identitiesEveryMs = 30_000;
const addressesEveryMs = 3_600_000;

export function startRecommendationWatch(
  services: Omit<CheckDueServices, "failed"> &
    CheckAddressesServices & {
      /** The system clock, whose accidental changes are detected. */
      machineClock: () => Date;
      /** Reports deliberate moves of `clock`. */
      clockMoves: ClockMoves;
      log: CheckDueServices["log"] & { error(details: object, message: string): void };
    },
): LeasedLoop {
  const { database, machineClock, clockMoves, log } = services;
  let addressesAt = Number.NEGATIVE_INFINITY;
  return startLeasedLoop({
    ...{ database, lease, machineClock, clockMoves },
    everyMs: identitiesEveryMs,
    rest: { ms: 2_000, factor: 1 },
    insists: false,
    async round(woken, stopping) {
      const failed: CheckDueServices["failed"] = (err, { identity, scope }) =>
        log.error({ err, identity, scope }, "checking the DNS records of an identity failed; it is tried again");
      let more = true;
      while (more && !stopping.aborted) more = await checkDue({ ...services, failed }, stopping);
      const began = performance.now();
      if (!woken && began - addressesAt < addressesEveryMs) return;
      await checkAddresses(services, stopping);
      if (!stopping.aborted) addressesAt = began;
    },
    failed: (err) => log.error({ err }, "checking for recommendations failed; it is tried again"),
  });
}
