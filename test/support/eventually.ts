import { vi } from "vitest";

/** The limit only ends a test that cannot pass. It leaves room for a machine ten times slower, below a test's own limit. */
const withinMs = 150_000;

/** Repeats a check, every 20 ms, until it holds; resolves to what it returns. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: withinMs, interval: 20 });
}
