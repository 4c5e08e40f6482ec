/**
 * A clock for intervals: it starts at the system's time and never jumps when that is set. Use it for what must end a
 * number of seconds after it began, and the system's clock for times that others read.
 */
export function steadyClock(): Date {
  return new Date(origin + performance.now());
}

const origin = performance.timeOrigin;
