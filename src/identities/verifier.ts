/** Verifies the identities of all scopes in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { releaseLease, takeLease } from "../stores/postgres/leases.ts";
import { type VerificationServices, verifyDue } from "./verify-due.ts";

/** Runs until stopped. */
export interface Verifier {
  /** Starts a pass immediately, for example after a change. */
  wake(): void;
  stop(): Promise<void>;
}

export interface VerifierLog {
  error(details: object, message: string): void;
}

/** How often to check for due verifications and requests of other processes, in milliseconds. */
const intervalMs = 10_000;
/** Longer than a pass between two renewals takes. After a crash, another process takes over after this time. */
const leaseSeconds = 60;

export function startVerifier(services: Omit<VerificationServices, "failed"> & { log: VerifierLog }): Verifier {
  const { database, log } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const failed = (err: unknown, identity: string, scope: number) =>
    log.error({ err, identity, scope }, "verifying an identity failed; it is tried again");
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
      log.error({ err: error }, "releasing a lease failed"),
    );
  }

  /** Waits until the next pass is due or `wake` or `stop` is called. */
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
