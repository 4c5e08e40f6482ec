/** Verifies identities in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { releaseLease, takeLease } from "../stores/postgres/leases.ts";
import { type VerificationServices, verifyDue } from "./verify-due.ts";

/** Runs until stopped. */
export interface Verifier {
  /** Looks for what is due at once, as after a change. */
  wake(): void;
  stop(): Promise<void>;
}

/** Where the verifier says what failed. */
export interface VerifierLog {
  error(details: object, message: string): void;
}

/** How soon what another process asks for is seen, in milliseconds. */
const intervalMs = 10_000;
/** Longer than a pass takes between two renewals; after a crash the next process waits no longer than this. */
const leaseSeconds = 60;

/** Starts verifying in the background. */
export function startVerifier(services: Omit<VerificationServices, "failed"> & { log: VerifierLog }): Verifier {
  const { database, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const failed = (err: unknown, identity: string) =>
    log.error({ err, identity }, "verifying an identity failed; it is tried again");
  let woken = false;
  let wakeUp = () => {};
  const running = run();

  return {
    wake() {
      woken = true;
      wakeUp();
    },
    async stop() {
      stopping.abort();
      wakeUp();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        let more = true;
        while (more && !stopping.signal.aborted && (await takeLease(database, "identities", holder, leaseSeconds))) {
          more = await verifyDue({ ...services, failed }, stopping.signal);
        }
      } catch (error) {
        log.error({ err: error }, "verifying identities failed; it is tried again");
      }
      await pause();
    }
    await releaseLease(database, "identities", holder).catch((error: unknown) =>
      log.error({ err: error }, "a lease could not be given back"),
    );
  }

  /** Until the next pass is due, somebody wakes it, or it is time to stop. */
  async function pause(): Promise<void> {
    if (woken || stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, intervalMs);
      timer.unref();
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => {};
  }
}
