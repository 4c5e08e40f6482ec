/**
 * How long tests wait for what must come, in milliseconds: in polls, and in the browser. It leaves room for a machine ten
 * times slower, below a test's own limit.
 */
export const waitLimitMs = 150_000;
