/**
 * The Condition element: all its conditions must hold. What can't be evaluated is refused: an operator or a key that is
 * unknown here, or an operator that doesn't compare what the key has.
 */
import { type ConditionKey, conditionKey, type KnownRequest } from "./condition-keys.ts";
import { booleans, conditionOperator, type Operator } from "./condition-operators.ts";
import { listOf, membersOf } from "./elements.ts";
import { PolicyError, quote } from "./policy-error.ts";

/** Whether a condition holds for a request. */
export type Condition = (request: KnownRequest) => boolean;

type Quantifier = "ForAllValues" | "ForAnyValue";

/**
 * Reads the Condition element; throws a `PolicyError`.
 * @param variables whether the policy's version has variables such as `${aws:username}`. They are refused.
 */
export function readConditions(element: unknown, variables: boolean): readonly Condition[] {
  return membersOf(element, "Condition").flatMap(([operator, given]) => {
    const names = new Set<string>();
    return membersOf(given, operator).map(([name, values]) => {
      if (names.has(name.toLowerCase())) throw new PolicyError(`${operator} has the key ${quote(name)} twice`);
      names.add(name.toLowerCase());
      const key = conditionKey(name);
      if (!key) throw new PolicyError(`the condition key ${quote(name)} is not supported`);
      return readCondition(operator, key, textsOf(values, name), variables);
    });
  });
}

function readCondition(text: string, key: ConditionKey, values: readonly string[], variables: boolean): Condition {
  if (text === "Null") return nullCondition(key, values);
  const [, prefix, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/s.exec(text) ?? [];
  const ifExists = name.endsWith("IfExists");
  const operator = conditionOperator(ifExists ? name.slice(0, -"IfExists".length) : name);
  if (!operator) throw new PolicyError(`the condition operator ${quote(text)} is not supported`);
  if (!key.families.includes(operator.family)) throw new PolicyError(`${text} can't compare ${key.name}`);
  const quantifier = prefix === "ForAllValues" || prefix === "ForAnyValue" ? prefix : undefined;
  if (key.multivalued && !quantifier) {
    throw new PolicyError(`${key.name} has several values, so ${text} needs the prefix ForAllValues or ForAnyValue`);
  }
  if (variables) refuseVariables(values);
  return comparison({ key, operator, quantifier, ifExists }, values);
}

interface Comparison {
  readonly key: ConditionKey;
  readonly operator: Operator;
  readonly quantifier: Quantifier | undefined;
  readonly ifExists: boolean;
}

function comparison({ key, operator, quantifier, ifExists }: Comparison, values: readonly string[]): Condition {
  const matches = operator.compile(values);
  const holds = (value: string) => matches(value) !== operator.negated;
  // A key that the request lacks doesn't match, so a negated operator holds. Of no values, all match, and none does.
  const ifMissing = ifExists || (quantifier ? quantifier === "ForAllValues" : operator.negated);
  return (request) => {
    const given = key.values(request);
    if (given.length === 0) return ifMissing;
    return quantifier === "ForAnyValue" ? given.some(holds) : given.every(holds);
  };
}

/** `Null` asks whether the request lacks the key. */
function nullCondition(key: ConditionKey, values: readonly string[]): Condition {
  const matches = booleans(values);
  return (request) => matches(String(key.values(request).length === 0));
}

/** The values of a condition as texts: IAM takes numbers and booleans with and without quotes. */
function textsOf(values: unknown, name: string): readonly string[] {
  return listOf(values, name).map((value) => {
    if (typeof value === "string" || typeof value === "boolean") return String(value);
    // Other numbers have another text than they were written with.
    if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
    throw new PolicyError(`${name} has a value that is neither a text, nor a number, nor a boolean`);
  });
}

/** Throws a `PolicyError` if a text has a policy variable. */
export function refuseVariables(texts: readonly string[]): void {
  const found = texts.find((text) => text.includes("${"));
  if (found !== undefined) throw new PolicyError(`policy variables are not supported, as in ${quote(found)}`);
}
