/** Values that fit a schema and its constraints, for tests that go through every operation. */
import type { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";
import { constraintTable, unconstrained, type ValueConstraint } from "../../src/contract/constraint-table.ts";
import { requiredMembers } from "../../src/contract/operations.ts";

/** A string for each pattern of the model, within its lengths. */
export const patternSamples: Readonly<Record<string, string>> = {
  "^(.+)@(.+)$": "someone@example.com",
  "arn:(aws|aws-[a-z-]+):ses:[a-z]{2,4}-[a-z-]+-[0-9]:[0-9]{1,20}:mailmanager-archive/a-[a-z0-9]{24,62}":
    "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-abcdefghijklmnopqrstuvwx",
  "arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:[\\w+=/,.@-]*:[0-9]+:certificate/[\\w+=,.@-]+":
    "arn:aws:acm:eu-west-1:123456789012:certificate/abc-123",
  "^[\\w\\-_]+$": "endpoint-1",
  "^[!-9;-@A-~]+$": "X-Header",
  "[ -~]*": "a value",
  "^^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$": "abcdef==",
  "^[a-zA-Z0-9+\\/]+={0,2}$": "YWJjZA==",
  "^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$": "s3://bucket/some/key.csv",
  "^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))$": "selector-1",
  "^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\\?([^#]*))?(#(.*))?": "https://example.com/page?a=b#c",
};

function strings({ min = 1, max = min + 30, pattern, enum: values }: ValueConstraint): fc.Arbitrary<string> {
  if (values !== undefined) return fc.constantFrom(...values);
  const sample = pattern === undefined ? undefined : patternSamples[pattern];
  if (pattern !== undefined && sample === undefined) throw new Error(`no sample for the pattern ${pattern}`);
  if (sample !== undefined) return fc.constant(sample);
  // At least one character, since a label can't be empty; `/`, `%` and letters beyond ASCII, since a path escapes them.
  const least = Math.max(min, 1);
  const character = fc.constantFrom(..."abcXYZ012 /%+?&=#.@:é漢".split(""));
  // A path of dots alone would be a path's own way up.
  return fc
    .array(character, { minLength: least, maxLength: Math.min(max, least + 30) })
    .map((characters) => characters.join("").replace(/^\.+/, (dots) => "d".repeat(dots.length)));
}

/** JSON.stringify writes -0 as 0. */
function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}

function numbers({ bits, min, max }: ValueConstraint): fc.Arbitrary<number> {
  if (bits === undefined) return fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero);
  const limit = bits === 32 ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  return fc.integer({ min: min ?? -limit, max: max ?? limit }).map(positiveZero);
}

// A query writes the year with four digits.
const timestamps = fc
  .integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 0) })
  .map((milliseconds) => new Date(milliseconds));

function structures(schema: NormalizedSchema): fc.Arbitrary<unknown> {
  const constraints = constraintTable.structures[schema.getName() ?? ""] ?? {};
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, member] of schema.structIterator()) {
    members[name] = validValues(member, constraints[name] ?? unconstrained);
  }
  if (schema.isUnionSchema()) {
    const [first, ...others] = Object.entries(members).map(([name, value]) => fc.record({ [name]: value }));
    if (first !== undefined) return fc.oneof(first, ...others);
  }
  return fc.record(members, { requiredKeys: [...requiredMembers(schema)] });
}

/**
 * Values that a schema and a constraint allow.
 * @throws an Error for a pattern without a sample, or a schema that is of no known kind
 */
export function validValues(schema: NormalizedSchema, constraint: ValueConstraint): fc.Arbitrary<unknown> {
  const { min: minLength = 0, max = minLength + 3, item = unconstrained, key = unconstrained } = constraint;
  const size = { minLength, maxLength: Math.min(max, minLength + 3) };
  if (schema.isStringSchema()) return strings(constraint);
  if (schema.isStructSchema()) return structures(schema);
  if (schema.isListSchema()) return fc.array(validValues(schema.getValueSchema(), item), size);
  if (schema.isMapSchema()) {
    const value = validValues(schema.getValueSchema(), constraint.value ?? unconstrained);
    return fc.dictionary(strings(key), value, { minKeys: minLength, maxKeys: size.maxLength });
  }
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isTimestampSchema()) return timestamps;
  if (schema.isBlobSchema()) return fc.uint8Array({ maxLength: 40 });
  if (schema.isNumericSchema()) return numbers(constraint);
  throw new Error(`no values for the schema ${schema.getName(true)}`);
}
