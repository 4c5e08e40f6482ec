/**
 * Checks decoded inputs against the model's constraints, with SES's wording (facts 1.1, and facts 6.1 on lists).
 *
 * Paths are lower camel case and list elements count from 1: `queries.1.member.metric`. A list or map of simple values
 * gets one violation for all its elements, on its own path, that names all their constraints, including those that
 * hold: `Member must satisfy constraint: [...]`, `Map keys must satisfy constraint: [...]`, `Map value must satisfy
 * constraint: [...]`. No request contains a map of structures. Strings are measured in UTF-16 units, like Java's
 * String.length.
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { constraintTable, unconstrained, type ValueConstraint } from "./constraint-table.ts";
import { errors } from "./errors.ts";
import { isJsonObject } from "./json-values.ts";
import { enumOrders, lenientMaps, memberOrders, printedMembers } from "./observations.ts";
import { operationNamed, requiredMembers } from "./operations.ts";
import { fullMatch } from "./patterns.ts";
import type { Input, OperationName } from "./types.ts";

/** A constraint that an input violates. */
export interface Violation {
  /** The path of the value in SES's notation: `exportDestination.dataFormat`. */
  readonly path: string;
  /** The requirement: `Member must not be null`. */
  readonly text: string;
  /** The value, if SES prints it. */
  readonly value?: string;
}

/** A requirement of a value, with SES's text. */
export interface Rule {
  readonly text: string;
  readonly holds: (value: unknown) => boolean;
  /** Whether SES reports no later rule of the value if this one is violated. */
  readonly final?: boolean;
}

type Check = (value: unknown, path: string, found: Violation[]) => void;

interface MemberCheck {
  readonly name: string;
  readonly pathName: string;
  readonly required: boolean;
  readonly check: Check | undefined;
}

const structureChecks = new Map<string, Check>();

function measure(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function inPrintedOrder(values: readonly string[]): readonly string[] {
  const seen = enumOrders.find((order) => order.length === values.length && order.every((one) => values.includes(one)));
  return seen ?? values;
}

/** The rules of a value itself. `measured` is what its `min` and `max` bound. */
export function ownRules(measured: "value" | "length", { min, max, pattern, enum: values }: ValueConstraint): Rule[] {
  const rules: Rule[] = [];
  // The order in which SES lists constraints in brackets.
  if (max !== undefined) {
    rules.push({
      text: `Member must have ${measured} less than or equal to ${max}`,
      holds: (value) => measure(value) <= max,
    });
  }
  if (min !== undefined) {
    rules.push({
      text: `Member must have ${measured} greater than or equal to ${min}`,
      holds: (value) => measure(value) >= min,
    });
  }
  if (pattern !== undefined) {
    const matches = fullMatch(pattern);
    rules.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value) => typeof value === "string" && matches.test(value),
    });
  }
  if (values !== undefined) {
    const allowed: ReadonlySet<unknown> = new Set(values);
    rules.push({
      text: `Member must satisfy enum value set: [${inPrintedOrder(values).join(", ")}]`,
      holds: (value) => allowed.has(value),
    });
  }
  return rules;
}

/** Combines rules into one that requires all of them for all values that `parts` extracts from a list or map. */
export function partsRule(
  subject: string,
  rules: readonly Rule[],
  parts: (whole: object) => readonly unknown[],
): Rule[] {
  if (rules.length === 0) return [];
  return [
    {
      text: `${subject} must satisfy constraint: [${rules.map(({ text }) => text).join(", ")}]`,
      holds: (whole) =>
        typeof whole === "object" &&
        whole !== null &&
        parts(whole).every((part) => rules.every(({ holds }) => holds(part))),
    },
  ];
}

function rulesOf(schema: NormalizedSchema, constraint: ValueConstraint): Rule[] {
  const { item, key, value } = constraint;
  const rules = ownRules(schema.isNumericSchema() ? "value" : "length", constraint);
  if (item !== undefined && schema.isListSchema()) {
    rules.push(...partsRule("Member", rulesOf(schema.getValueSchema(), item), Object.values));
  }
  if (key !== undefined && schema.isMapSchema()) {
    const ofKeys = partsRule("Map keys", rulesOf(schema.getKeySchema(), key), Object.keys);
    rules.push(...ofKeys.map((rule) => ({ ...rule, final: true })));
  }
  if (value !== undefined && schema.isMapSchema()) {
    rules.push(...partsRule("Map value", rulesOf(schema.getValueSchema(), value), Object.values));
  }
  return rules;
}

function rulesCheck(rules: readonly Rule[], printsValue: boolean): Check {
  return (value, path, found) => {
    for (const { text, holds, final = false } of rules) {
      if (holds(value)) continue;
      found.push(printsValue ? { path, text, value: String(value) } : { path, text });
      if (final) return;
    }
  };
}

function elementsCheck(check: Check): Check {
  return (list, path, found) => {
    if (!Array.isArray(list)) return;
    for (const [index, element] of list.entries()) check(element, `${path}.${index + 1}.member`, found);
  };
}

/** The check of a value; undefined if nothing can be wrong with it. */
function valueCheck(schema: NormalizedSchema, constraint: ValueConstraint, printsValue: boolean): Check | undefined {
  if (schema.isStructSchema()) return structureCheck(schema, false);
  const rules = rulesOf(schema, constraint);
  const own = rules.length === 0 ? undefined : rulesCheck(rules, printsValue);
  const element = schema.isListSchema() ? schema.getValueSchema() : undefined;
  const inner = element?.isStructSchema() ? structureCheck(element, false) : undefined;
  if (inner === undefined) return own;
  const elements = elementsCheck(inner);
  if (own === undefined) return elements;
  return (value, path, found) => {
    own(value, path, found);
    elements(value, path, found);
  };
}

function reportingOrder(structure: string, schema: NormalizedSchema): readonly string[] {
  const first = memberOrders[structure] ?? [];
  const modelled = Object.keys(constraintTable.structures[structure] ?? {});
  const all = schema.structIterator().map(([name]) => name);
  return [...new Set([...first, ...modelled, ...all])];
}

function structureCheck(schema: NormalizedSchema, isInput: boolean): Check {
  const structure = schema.getName() ?? "";
  const known = structureChecks.get(structure);
  if (known !== undefined) return known;
  const members: MemberCheck[] = [];
  const check: Check = (value, path, found) => {
    if (!isJsonObject(value)) return;
    for (const { name, pathName, required, check: checkMember } of members) {
      const member = value[name];
      const memberPath = path === "" ? pathName : `${path}.${pathName}`;
      if (member === undefined || member === null) {
        if (required) found.push({ path: memberPath, text: "Member must not be null" });
      } else checkMember?.(member, memberPath, found);
    }
  };
  // Register the check before compiling the members, because a structure may contain itself.
  structureChecks.set(structure, check);
  const required = requiredMembers(schema);
  const constraints = constraintTable.structures[structure] ?? {};
  for (const name of reportingOrder(structure, schema)) {
    const printsValue = isInput && printedMembers.has(name);
    const isLenient = lenientMaps[structure]?.includes(name) === true;
    const constraint = isLenient ? unconstrained : (constraints[name] ?? unconstrained);
    const memberCheck = valueCheck(schema.getMemberSchema(name), constraint, printsValue);
    if (memberCheck === undefined && !required.has(name)) continue;
    const pathName = name.charAt(0).toLowerCase() + name.slice(1);
    members.push({ name, pathName, required: required.has(name), check: memberCheck });
  }
  return check;
}

/** All constraints that an input violates, in SES's order. */
export function violations<Name extends OperationName>(name: Name, input: Input<Name>): Violation[] {
  const found: Violation[] = [];
  structureCheck(operationNamed(name).input, true)(input, "", found);
  return found;
}

/** The violations at or below one of the paths: `concerning(all, "exportDestination")`. */
export function concerning(found: readonly Violation[], ...paths: readonly string[]): Violation[] {
  return found.filter(({ path }) => paths.some((above) => path === above || path.startsWith(`${above}.`)));
}

/** Throws a BadRequestException that names the violations, if there are any. */
export function refuse(found: readonly Violation[]): void {
  if (found.length === 0) return;
  const described = found.map(({ path, text, value }) => {
    const subject = value === undefined ? "Value" : `Value '${value}'`;
    return `${subject} at '${path}' failed to satisfy constraint: ${text}`;
  });
  throw errors.constraints(described);
}

/**
 * Checks all constraints of an input. The HTTP layer calls it for all operations except those that check themselves.
 * @throws a BadRequestException that names every violation
 */
export function checkConstraints<Name extends OperationName>(name: Name, input: Input<Name>): void {
  refuse(violations(name, input));
}
