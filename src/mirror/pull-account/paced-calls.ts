/** Calls SES one call at a time, within its rate limits: one call per second for most of these operations. */
import { setTimeout as delay } from "node:timers/promises";
import type { SESv2 } from "@aws-sdk/client-sesv2";
import type { AwsClients, CallOptions } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";

export interface PacedCalls {
  /**
   * Makes a call after the pause that the rate limit requires, and retries a throttled call with longer pauses.
   * @throws the SDK's errors, and the reason of `stopping` if it aborts
   */
  call<Output>(ses: SESv2, run: (options: CallOptions) => Promise<Output>, stopping: AbortSignal): Promise<Output>;
}

/** The pause between calls to AWS, in milliseconds. */
const awsGapMs = 1_000;
const mostAttempts = 5;

export interface PacedCallServices {
  readonly aws: Pick<AwsClients, "call">;
  /** Whether calls go to the operator's own endpoint, such as an emulator. Without throttling, they need no pauses. */
  readonly isOwnEndpoint: () => boolean;
  /** Waits, or rejects once the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Callers must wait for a call before they make the next. */
export function createPacedCalls({ aws, isOwnEndpoint, wait = waitFor }: PacedCallServices): PacedCalls {
  let endedAt = Number.NEGATIVE_INFINITY;
  let isLimited = false;
  return {
    async call(ses, run, stopping) {
      for (let attempt = 1; ; attempt++) {
        const gapMs = isLimited || !isOwnEndpoint() ? awsGapMs * 2 ** (attempt - 1) : 0;
        const waitMs = endedAt + gapMs - performance.now();
        if (waitMs > 0) await wait(waitMs, stopping);
        try {
          return await aws.call(ses, run, { signal: stopping });
        } catch (error) {
          if (stopping.aborted || attempt === mostAttempts || !isThrottled(error)) throw error;
          isLimited = true;
        } finally {
          endedAt = performance.now();
        }
      }
    },
  };
}

function isThrottled(error: unknown): boolean {
  return failureOf(error, { name: "SES", permission: "" }).kind === "throttled";
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}
