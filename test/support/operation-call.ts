/** What tests of operations share: a call to make, and the error it answers. */
import { ServiceError } from "../../src/contract/errors/service-error.ts";
import type { CallContext } from "../../src/contract/types.ts";

/** The context of a call that comes in at `now`. */
export function callContext(now = new Date("2026-11-23T12:34:56Z")): CallContext {
  return {
    requestId: "test",
    now,
    callerIdentity: "anonymous",
    sourceIp: "127.0.0.1",
    client: { apiVersion: "2", secureTransport: false, userAgent: undefined, referer: undefined },
    mayCall: () => true,
  };
}

/** The code and text of the error that a call answers; fails where it answers something else. */
export async function refusalOf(answer: Promise<unknown>): Promise<[code: string, text: string | undefined]> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof ServiceError) return [error.code, error.text];
    throw error;
  }
  throw new Error("The call was not refused");
}
