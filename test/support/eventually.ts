import { vi } from "vitest";
import { waitLimitMs } from "./wait-limit.ts";

/** Repeats a check, every 20 ms, until it holds; resolves to what it returns. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: waitLimitMs, interval: 20 });
}
