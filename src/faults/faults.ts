/** The rules of faults in this process, by scope, and their effects on calls and messages. */
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FaultRule, NewFaultRule, OutcomeEvent } from "../admin-api/faults.ts";
import { createRandom, type Random } from "../simulation/random.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { FaultError } from "./fault-error.ts";
import { ConnectionBreak, errorOf, SmtpFault } from "./injected.ts";
import { isAbout } from "./matching.ts";
import type { FaultPoint, MessagePoint } from "./points.ts";

/** Rules stay in memory: other processes have their own, and a restart forgets them. */
export interface Faults {
  /** Whether there are rules in any scope. All that calls cost without rules is this. */
  any(): boolean;
  /** The rules of a scope, in the order in which they apply. */
  list(scope: number): FaultRule[];
  find(scope: number, id: string): FaultRule | undefined;
  /** Adds a rule behind the others. Throws a `FaultError` if there are too many. */
  add(scope: number, rule: NewFaultRule): FaultRule;
  /** Puts rules in the place of all others of the scope. Throws as `add`, and changes nothing then. */
  replace(scope: number, rules: readonly NewFaultRule[]): FaultRule[];
  /** Whether there was such a rule. */
  remove(scope: number, id: string): boolean;
  /** Removes the rules of a scope, and ends their delays. Returns their number. */
  clear(scope: number): number;
  /**
   * Applies the rules: waits for latencies, then throws what the first other rule that matches asks for.
   * Resolves to whether the connection is to break after the work.
   */
  apply(scope: Scope, point: FaultPoint): Promise<boolean>;
  /** The events that a rule wants for a message to a recipient, instead of its delivery. */
  outcomeOf(scope: Scope, message: MessagePoint): readonly OutcomeEvent[] | undefined;
  /** Ends all delays. */
  close(): void;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly random: Random | undefined;
}

interface ScopeRules {
  readonly rules: ActiveRule[];
  /** Aborts the delays of the rules. */
  readonly ending: AbortController;
}

/** Per scope. */
const mostRules = 200;

export function createFaults(): Faults {
  const scopes = new Map<number, ScopeRules>();

  return {
    any: () => scopes.size > 0,
    list: (scope) => (scopes.get(scope)?.rules ?? []).map(({ rule }) => ({ ...rule })),
    find(scope, id) {
      const found = scopes.get(scope)?.rules.find(({ rule }) => rule.id === id);
      return found && { ...found.rule };
    },
    add(scope, rule) {
      const present = scopes.get(scope);
      checkNumber((present?.rules.length ?? 0) + 1);
      const added = activeRule(rule);
      if (present) present.rules.push(added);
      else keep(scope, [added]);
      return { ...added.rule };
    },
    replace(scope, rules) {
      checkNumber(rules.length);
      forget(scope);
      const added = rules.map(activeRule);
      if (added.length > 0) keep(scope, added);
      return added.map(({ rule }) => ({ ...rule }));
    },
    remove(scope, id) {
      const present = scopes.get(scope);
      const place = present?.rules.findIndex(({ rule }) => rule.id === id) ?? -1;
      if (!present || place < 0) return false;
      present.rules.splice(place, 1);
      if (present.rules.length === 0) forget(scope);
      return true;
    },
    clear: forget,
    async apply({ id }, point) {
      const present = scopes.get(id);
      if (!present) return false;
      const { waitMs, effect } = choose(present.rules, point);
      // If the rules are removed meanwhile, the call goes on at once.
      const { signal } = present.ending;
      if (waitMs > 0) await delay(waitMs, undefined, { signal, ref: false }).catch(() => {});
      if (!effect) return false;
      switch (effect.type) {
        case "latency":
        case "outcome":
          return false;
        case "disconnect":
          if (effect.when === "after") return true;
          throw new ConnectionBreak("a fault on demand breaks the connection");
        case "smtp":
          throw new SmtpFault(effect.code, effect.text ?? "A fault on demand");
        default:
          throw errorOf(effect, point);
      }
    },
    outcomeOf({ id }, message) {
      for (const active of scopes.get(id)?.rules ?? []) {
        const { effect } = active.rule;
        if (effect.type === "outcome" && isAbout(active.rule, message, "outcome") && hits(active)) return effect.events;
      }
      return undefined;
    },
    close() {
      for (const { ending } of scopes.values()) ending.abort();
    },
  };

  function keep(scope: number, rules: ActiveRule[]): void {
    scopes.set(scope, { rules, ending: new AbortController() });
  }

  function forget(scope: number): number {
    const present = scopes.get(scope);
    scopes.delete(scope);
    present?.ending.abort();
    return present?.rules.length ?? 0;
  }
}

/** Latencies add up; the first rule with another effect decides. */
function choose(
  rules: readonly ActiveRule[],
  point: FaultPoint,
): { waitMs: number; effect: NewFaultRule["effect"] | undefined } {
  let waitMs = 0;
  for (const active of rules) {
    const { effect } = active.rule;
    if (!isAbout(active.rule, point, "work") || !hits(active)) continue;
    if (effect.type !== "latency") return { waitMs, effect };
    waitMs += effect.milliseconds;
  }
  return { waitMs, effect: undefined };
}

/** Counts a call that matches; whether the rule affects it. */
function hits({ rule, random }: ActiveRule): boolean {
  if (rule.times !== undefined && rule.hits >= rule.times) return false;
  rule.matches++;
  if (random && rule.probability !== undefined && !random.chance(rule.probability)) return false;
  rule.hits++;
  return true;
}

function activeRule(rule: NewFaultRule): ActiveRule {
  const { probability } = rule;
  const seed = probability === undefined ? undefined : (rule.seed ?? randomInt(2 ** 32));
  const shown = { ...rule, ...(seed !== undefined && { seed }) };
  return {
    rule: { id: randomUUID(), ...shown, matches: 0, hits: 0 },
    random: seed === undefined ? undefined : createRandom(seed),
  };
}

function checkNumber(count: number): void {
  if (count > mostRules) throw new FaultError(`There may be ${mostRules} rules: delete some first.`);
}

/**
 * Does work under the rules of a scope.
 * @param point where the work is; called only if there are rules
 * @throws what a rule asks for: before the work, or a `ConnectionBreak` once it is done
 */
export async function withFaults<Result>(
  { faults, scope, point }: { faults: Faults | undefined; scope: Scope; point: () => FaultPoint },
  work: () => Promise<Result>,
): Promise<Result> {
  if (!faults?.any()) return work();
  const breaks = await faults.apply(scope, point());
  const result = await work();
  if (breaks) throw new ConnectionBreak("a fault on demand breaks the connection");
  return result;
}
