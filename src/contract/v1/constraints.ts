/**
 * Checks decoded inputs against the model's constraints, with SES v1's texts: `Value null at 'message.subject' failed to
 * satisfy constraint: Member must not be null`. As other services with the Query protocol do, it also prints other
 * values. Bounds that the model lacks are checked too, or the cost of a request would have no limit and PostgreSQL would
 * reject a text with a NUL.
 */
import { ownRules, partsRule, type Rule, type Violation } from "../constraints.ts";
import { isJsonObject } from "../json-values.ts";
import { v1Errors } from "./errors.ts";
import { operationNamed, type Shape, structureNamed } from "./model.ts";
import type { Input, OperationName } from "./types.ts";

/** In UTF-16 units: longer than any name, ARN, address or URL that SES accepts. */
const maxText = 2048;
/** Elements of a list. */
const maxSize = 1000;
/** In UTF-16 units: a longer value is not printed. */
const maxPrinted = 256;

/** Content, as long as a request may be and with any character; and what the code shared with v2 checks, with its texts. */
const checkedByHandlers: ReadonlySet<string> = new Set([
  "BccAddresses",
  "CcAddresses",
  "ConfigurationSetName",
  "Data",
  "DefaultTemplateData",
  "Destinations",
  "HtmlPart",
  "Policy",
  "ReplacementTemplateData",
  "ReplyToAddresses",
  "ReturnPath",
  "Source",
  "SubjectPart",
  "TemplateContent",
  "TemplateData",
  "TemplateName",
  "TextPart",
  "ToAddresses",
]);

/** Enums that the code shared with v2 checks: event types that only v2's model has are accepted, as in SES. */
const lenientEnums: ReadonlySet<string> = new Set(["MatchingEventTypes"]);

const boundRules: readonly Rule[] = [
  {
    text: `Member must have length less than or equal to ${maxText}`,
    holds: (value) => typeof value !== "string" || value.length <= maxText,
  },
  {
    text: "Member must not contain NUL characters",
    holds: (value) => typeof value !== "string" || !value.includes("\0"),
  },
];

const rulesOfShapes = new WeakMap<Shape, readonly Rule[]>();

/** The rules of a value, a list of values included. */
function rulesOf(shape: Shape, bounded: boolean): readonly Rule[] {
  const known = rulesOfShapes.get(shape);
  if (known !== undefined) return known;
  const rules = ownRules(shape.type === "integer" ? "value" : "length", shape);
  const hasOwnBound = shape.max !== undefined || shape.enum !== undefined || shape.pattern !== undefined;
  if (shape.type === "string" && bounded && !hasOwnBound) rules.push(...boundRules);
  if (shape.type === "list" && shape.item !== undefined) {
    rules.push(...partsRule("Member", rulesOf(shape.item, bounded), Object.values));
  }
  rulesOfShapes.set(shape, rules);
  return rules;
}

function checkStructure(name: string | undefined, value: unknown, path: string, found: Violation[]): void {
  if (!isJsonObject(value)) return;
  const { members, required } = structureNamed(name);
  for (const [member, shape] of Object.entries(members)) {
    const lower = member.charAt(0).toLowerCase() + member.slice(1);
    const memberPath = path === "" ? lower : `${path}.${lower}`;
    const given = value[member];
    if (given !== undefined) checkMember(member, shape, { value: given, path: memberPath }, found);
    else if (required.includes(member)) {
      found.push({ path: memberPath, text: "Member must not be null", value: "null" });
    }
  }
}

interface Given {
  readonly value: unknown;
  readonly path: string;
}

function checkMember(member: string, shape: Shape, { value, path }: Given, found: Violation[]): void {
  if (shape.structure !== undefined) {
    checkStructure(shape.structure, value, path, found);
    return;
  }
  if (Array.isArray(value) && value.length > maxSize) {
    found.push({ path, text: `Member must have length less than or equal to ${maxSize}` });
    return;
  }
  const element = shape.item?.structure;
  if (element !== undefined && Array.isArray(value)) {
    for (const [index, one] of value.entries()) checkStructure(element, one, `${path}.${index + 1}.member`, found);
    return;
  }
  if (lenientEnums.has(member)) return;
  for (const { text, holds } of rulesOf(shape, !checkedByHandlers.has(member))) {
    if (!holds(value)) found.push({ path, text, ...printed(value) });
  }
}

function printed(value: unknown): { value?: string } {
  const text = Array.isArray(value) ? `[${value.join(", ")}]` : `${value}`;
  return text.length <= maxPrinted ? { value: `'${text}'` } : {};
}

/** A violation in SES's words; here, `value` has its quotes. */
function described({ path, text, value }: Violation): string {
  return `${value === undefined ? "Value" : `Value ${value}`} at '${path}' failed to satisfy constraint: ${text}`;
}

/** All constraints that an input violates, in the model's order of members. */
export function violations<Name extends OperationName>(name: Name, input: Input<Name>): Violation[] {
  const found: Violation[] = [];
  checkStructure(operationNamed(name).input, input, "", found);
  return found;
}

/**
 * Checks all constraints of an input.
 * @throws a ValidationError that names every violation
 */
export function checkConstraints<Name extends OperationName>(name: Name, input: Input<Name>): void {
  const found = violations(name, input);
  if (found.length > 0) throw v1Errors.constraints(found.map(described));
}
