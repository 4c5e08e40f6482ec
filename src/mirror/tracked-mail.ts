/**
 * Which mirrored mail is tracked. SES's events don't say it; but a configuration set of which an open has come adds the
 * pixel to its mail, and one of which a click has come replaces its links.
 */
import type { EventType } from "../events/event.ts";

export interface Tracked {
  /** Whether opens and clicks of a configuration set's mail ('' for none) have come. */
  of(scope: number, configurationSet: string): { openTracked: boolean; clickTracked: boolean };
  /** An event has come. */
  saw(scope: number, configurationSet: string, type: EventType | string): void;
}

export function createTracked(): Tracked {
  const opens = new Set<string>();
  const clicks = new Set<string>();
  const keyOf = (scope: number, configurationSet: string) => `${scope} ${configurationSet}`;
  return {
    of(scope, configurationSet) {
      const key = keyOf(scope, configurationSet);
      return { openTracked: opens.has(key), clickTracked: clicks.has(key) };
    },
    saw(scope, configurationSet, type) {
      if (type === "OPEN") opens.add(keyOf(scope, configurationSet));
      else if (type === "CLICK") clicks.add(keyOf(scope, configurationSet));
    },
  };
}
