/**
 * Bounds that SES's model lacks: lengths of texts, sizes of lists and maps, and no NUL in texts. Without them the cost of
 * a request would have no limit, and PostgreSQL rejects a text with a NUL. SES's texts for these cases are unknown, so
 * the errors use its wording for constraints. Members whose handlers check them, mostly with SES's own texts, are left
 * to the handlers.
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import { constraintTable, unconstrained, type ValueConstraint } from "./constraint-table.ts";
import { refuse, type Violation } from "./constraints.ts";
import { isJsonObject } from "./json-values.ts";
import { operationNamed } from "./operations.ts";
import type { Input, OperationName } from "./types.ts";

/** In UTF-16 units: longer than any name, ARN, address or URL that SES accepts. */
const maxText = 2048;
/** Elements of a list, or entries of a map. */
const maxSize = 1000;

/** Members whose handlers bound their length and check their characters, in any structure but those below. */
const checkedByHandlers: ReadonlySet<string> = new Set([
  // Names
  "ConfigurationSetName",
  "ContactListName",
  "EmailIdentity",
  "EventDestinationName",
  "JobId",
  "MessageId",
  "NextToken",
  "TemplateName",
  "TenantName",
  "TopicName",
  // Addresses and domains
  "BccAddresses",
  "CcAddresses",
  "CustomRedirectDomain",
  "EmailAddress",
  "FeedbackForwardingEmailAddress",
  "FromEmailAddress",
  "MailFromDomain",
  "ReplyToAddresses",
  "SendingPoolName",
  "ToAddresses",
  // Tags, topics, filters
  "DefaultEmailTags",
  "Description",
  "Dimensions",
  "DisplayName",
  "EmailTags",
  "Filter",
  "Key",
  "Name",
  "ReplacementTags",
  "Tags",
  "Topics",
  "Value",
  // Mail: as long as a request may be, and it may contain any character
  "AttributesData",
  "BulkEmailEntries",
  "ContentId",
  "ContentType",
  "Data",
  "DomainSigningPrivateKey",
  "FileName",
  "Html",
  "ReplacementTemplateData",
  "Subject",
  "TemplateContent",
  "TemplateData",
  "Text",
]);

/** Structures whose members no handler checks, although other structures have members of the same names. */
const checkedHere: ReadonlySet<string> = new Set(["ContactListDestination", "MessageInsightsFilters"]);

type Check = (value: unknown, path: string, found: Violation[]) => void;

const structureChecks = new Map<string, Check>();

function textFault(value: string, { max, enum: values, pattern }: ValueConstraint): string | undefined {
  // Constraints of the model that bound a text are checked with the other constraints.
  if (values !== undefined) return undefined;
  if (max === undefined && value.length > maxText) return `Member must have length less than or equal to ${maxText}`;
  if (value.includes("\0")) return "Member must not contain NUL characters";
  return pattern === undefined && !value.isWellFormed() ? "Member must not contain unpaired surrogates" : undefined;
}

function sizeFault(size: number, { max }: ValueConstraint): string | undefined {
  return max === undefined && size > maxSize ? `Member must have length less than or equal to ${maxSize}` : undefined;
}

function textCheck(constraint: ValueConstraint): Check {
  return (value, path, found) => {
    const text = typeof value === "string" ? textFault(value, constraint) : undefined;
    if (text !== undefined) found.push({ path, text });
  };
}

function listCheck(element: Check | undefined, constraint: ValueConstraint): Check {
  return (list, path, found) => {
    if (!Array.isArray(list)) return;
    const text = sizeFault(list.length, constraint);
    if (text !== undefined) found.push({ path, text });
    else for (const [index, value] of list.entries()) element?.(value, `${path}.${index + 1}.member`, found);
  };
}

function mapCheck(element: Check | undefined, constraint: ValueConstraint): Check {
  return (map, path, found) => {
    if (!isJsonObject(map)) return;
    const text = sizeFault(Object.keys(map).length, constraint);
    if (text !== undefined) found.push({ path, text });
    else for (const [key, value] of Object.entries(map)) element?.(value, `${path}.${key}`, found);
  };
}

function valueCheck(schema: NormalizedSchema, constraint: ValueConstraint): Check | undefined {
  if (schema.isStructSchema()) return structureCheck(schema);
  if (schema.isStringSchema()) return textCheck(constraint);
  if (schema.isListSchema()) {
    return listCheck(valueCheck(schema.getValueSchema(), constraint.item ?? unconstrained), constraint);
  }
  if (schema.isMapSchema()) {
    return mapCheck(valueCheck(schema.getValueSchema(), constraint.value ?? unconstrained), constraint);
  }
  return undefined;
}

/** Whether a member's own texts and size are left to the handler; the structures in it are still checked. */
function isLeftToHandler(structure: string, member: string): boolean {
  return checkedByHandlers.has(member) && !checkedHere.has(structure);
}

/** The check of the structures within a value; undefined if there are none. */
function innerCheck(schema: NormalizedSchema): Check | undefined {
  if (schema.isStructSchema()) return structureCheck(schema);
  if (!schema.isListSchema() || !schema.getValueSchema().isStructSchema()) return undefined;
  // The handler bounds the list: an endless one is not walked here.
  const element = structureCheck(schema.getValueSchema());
  return (list, path, found) => {
    if (!Array.isArray(list) || list.length > maxSize) return;
    for (const [index, value] of list.entries()) element(value, `${path}.${index + 1}.member`, found);
  };
}

function structureCheck(schema: NormalizedSchema): Check {
  const structure = schema.getName() ?? "";
  const known = structureChecks.get(structure);
  if (known !== undefined) return known;
  const members: { readonly name: string; readonly pathName: string; readonly check: Check }[] = [];
  const check: Check = (value, path, found) => {
    if (!isJsonObject(value)) return;
    for (const member of members) {
      member.check(value[member.name], path === "" ? member.pathName : `${path}.${member.pathName}`, found);
    }
  };
  // Register the check before compiling the members, because a structure may contain itself.
  structureChecks.set(structure, check);
  const constraints = constraintTable.structures[structure] ?? {};
  for (const [name, member] of schema.structIterator()) {
    const memberCheck = isLeftToHandler(structure, name)
      ? innerCheck(member)
      : valueCheck(member, constraints[name] ?? unconstrained);
    if (memberCheck === undefined) continue;
    members.push({ name, pathName: name.charAt(0).toLowerCase() + name.slice(1), check: memberCheck });
  }
  return check;
}

/**
 * Checks the bounds of an input. Takes time linear in its size.
 * @throws a BadRequestException that names every member beyond its bounds
 */
export function checkBounds<Name extends OperationName>(name: Name, input: Input<Name>): void {
  const found: Violation[] = [];
  structureCheck(operationNamed(name).input)(input, "", found);
  refuse(found);
}
