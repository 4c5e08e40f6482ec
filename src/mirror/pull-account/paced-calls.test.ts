import { SESv2 } from "@aws-sdk/client-sesv2";
import { expect, it } from "vitest";
import { createPacedCalls } from "./paced-calls.ts";

const ses = new SESv2({ region: "eu-west-1" });
const never = new AbortController().signal;

/** Calls without a network, and the pauses between them in milliseconds, rounded to seconds. */
function world(isOwnEndpoint: boolean) {
  const pauses: number[] = [];
  const calls = createPacedCalls({
    aws: { call: (_client, run, { signal = never } = {}) => run({ abortSignal: signal }) },
    isOwnEndpoint: () => isOwnEndpoint,
    async wait(ms, signal) {
      signal.throwIfAborted();
      pauses.push(Math.round(ms / 1000));
    },
  });
  return { calls, pauses };
}

function throttled(): Error {
  return Object.assign(new Error("Rate exceeded"), {
    ...{ name: "TooManyRequestsException", $metadata: { httpStatusCode: 429 } },
  });
}

it("calls of AWS are a second apart", async () => {
  const { calls, pauses } = world(false);
  for (const n of [1, 2, 3]) expect(await calls.call(ses, async () => n, never)).toBe(n);
  expect(pauses).toEqual([1, 1]);
});

it("calls of another endpoint are not, until it limits them", async () => {
  const { calls, pauses } = world(true);
  for (const n of [1, 2, 3]) await calls.call(ses, async () => n, never);
  expect(pauses).toEqual([]);
  let left = 1;
  const once = async () => {
    if (left-- > 0) throw throttled();
    return "answered";
  };
  expect(await calls.call(ses, once, never)).toBe("answered");
  await calls.call(ses, async () => 1, never);
  expect(pauses).toEqual([2, 1]);
});

it("after five attempts the limit is an error; others are at once", async () => {
  const { calls, pauses } = world(true);
  let asked = 0;
  const limit = async () => {
    asked++;
    throw throttled();
  };
  await expect(calls.call(ses, limit, never)).rejects.toThrow("Rate exceeded");
  expect([asked, pauses]).toEqual([5, [2, 4, 8, 16]]);
  const failing = async () => {
    asked++;
    throw new Error("broken");
  };
  await expect(calls.call(ses, failing, never)).rejects.toThrow("broken");
  expect(asked).toBe(6);
});

it("nothing is waited for, and nothing called, once it is stopped", async () => {
  const stopping = new AbortController();
  const { calls, pauses } = world(false);
  let asked = 0;
  const call = () =>
    calls.call(
      ses,
      async () => {
        asked++;
        stopping.abort(new Error("stopped"));
        throw throttled();
      },
      stopping.signal,
    );
  await expect(call()).rejects.toThrow("Rate exceeded");
  await expect(call()).rejects.toThrow("stopped");
  expect([asked, pauses]).toEqual([1, []]);
});
