/**
 * Services that each scope has of its own: made at the first use by a scope, and kept while it is used. An installation
 * can have very many scopes (about 18 KB of memory each), so those that were not used for a while are forgotten.
 */
import type { Scope } from "../stores/postgres/scopes.ts";

/** Creates a lookup of services by scope. */
export type PerScope = <Services>(create: (scope: Scope) => Services) => (scope: Scope) => Services;

/** The lookups that a maker has made. */
export interface ScopeLookups {
  /** Forgets what a scope has: nobody asks for it any more. */
  forget(scope: number): void;
}

/** The number of scopes from which on idle ones are forgotten. */
const capacity = 1_000;

/** In milliseconds. Long enough that calls have ended, and that buckets of rate limits are full again. */
const idleMs = 10 * 60_000;

/**
 * Creates a maker of lookups. Services of a scope refer to each other, so all lookups forget a scope together.
 * @param clock a clock that is never set
 */
export function createPerScope(clock: () => Date, kept = capacity): PerScope & ScopeLookups {
  const lookups: Map<number, unknown>[] = [];
  // In the order of the last use.
  const lastUses = new Map<number, number>();

  function use(scope: number): void {
    const now = clock().getTime();
    const isNew = !lastUses.delete(scope);
    lastUses.set(scope, now);
    if (isNew && lastUses.size > kept) forgetIdle(now);
  }

  function forgetIdle(now: number): void {
    for (const [scope, at] of lastUses) {
      if (lastUses.size <= kept || now - at < idleMs) return;
      forget(scope);
    }
  }

  function forget(scope: number): void {
    lastUses.delete(scope);
    for (const lookup of lookups) lookup.delete(scope);
  }

  const perScope = <Services>(create: (scope: Scope) => Services) => {
    // Boxed: services may be undefined, such as a rate limiter that the settings turn off.
    const made = new Map<number, { readonly services: Services }>();
    lookups.push(made);
    return (scope: Scope): Services => {
      use(scope.id);
      const found = made.get(scope.id);
      if (found) return found.services;
      const services = create(scope);
      made.set(scope.id, { services });
      return services;
    };
  };
  return Object.assign(perScope, { forget });
}
