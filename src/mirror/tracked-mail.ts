/**
 * Infers which mirrored mail is tracked. SES's events don't say; but if an open of a configuration set's mail has been
 * received, the set adds the pixel, and if a click has been received, it replaces links.
 */
import type { EventType } from "../events/event.ts";

export interface Tracked {
  /** Whether opens and clicks of mail with a configuration set ('' for none) have been received. */
  of(scope: number, configurationSet: string): { openTracked: boolean; clickTracked: boolean };
  /** Must be called for each event that is read. */
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
