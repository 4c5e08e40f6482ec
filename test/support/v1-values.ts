/** Values that fit SES v1's model, for tests that go through every operation. */
import fc from "fast-check";
import { type Shape, structureNamed } from "../../src/contract/v1/model.ts";

/** A string for each pattern of the model, within its lengths. */
const patternSamples: Readonly<Record<string, string>> = {
  "arn:[\\w-]+:iam::[0-9]+:role(\\u002F)([\\u0021-\\u007E]+\\u002F)?([\\w+=,.@-]+)":
    "arn:aws:iam::123456789012:role/of-ses",
  "arn:(aws|aws-us-gov):connect:[a-z]{2}-[a-z]+-[0-9-]{1}:[0-9]{1,20}:instance/[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}":
    "arn:aws:connect:eu-west-1:123456789012:instance/01234567-89ab-cdef-0123-456789abcdef",
};

/** Characters with a meaning in forms or in XML, and of each length in UTF-8. */
const characters = fc.constantFrom(..."abcXYZ012 /%+?&=#.;,'\"<>]]>é漢\t\r\n", "😀", "&amp;", "%2B", "&#13;");

function strings({ min = 0, max = min + 12, pattern, enum: values }: Shape): fc.Arbitrary<string> {
  if (values !== undefined) return fc.constantFrom(...values);
  const sample = pattern === undefined ? undefined : patternSamples[pattern];
  if (pattern !== undefined && sample === undefined) throw new Error(`no sample for the pattern ${pattern}`);
  if (sample !== undefined) return fc.constant(sample);
  const longest = Math.min(max, min + 12);
  return (
    fc
      .array(characters, { minLength: min, maxLength: longest })
      .map((parts) => parts.join("").slice(0, max).toWellFormed())
      // The SDK reads a text of white space with line breaks as an empty one.
      .map((text) => (text.trim() === "" ? text.replaceAll(/\s/g, "x") : text))
  );
}

function structures(name: string | undefined): fc.Arbitrary<unknown> {
  const { members, required } = structureNamed(name);
  const values = Object.entries(members).map(([member, shape]) => [member, v1Values(shape)] as const);
  const [first] = values;
  const record = fc.record(Object.fromEntries(values), { requiredKeys: [...required] });
  // A request has no form for a structure without members.
  return first === undefined
    ? record
    : fc.tuple(record, first[1]).map(([value, one]) => (Object.keys(value).length > 0 ? value : { [first[0]]: one }));
}

/** Values that a shape allows. Throws an Error for a pattern without a sample, or a type that is not known. */
export function v1Values(shape: Shape): fc.Arbitrary<unknown> {
  const { type, item, key, value, structure, min, max } = shape;
  if (type === "structure") return structures(structure);
  if (type === "list" && item !== undefined) return fc.array(v1Values(item), { maxLength: 3 });
  if (type === "map" && key !== undefined && value !== undefined) {
    return fc.dictionary(strings({ ...key, min: 1 }), v1Values(value), { maxKeys: 3 });
  }
  switch (type) {
    case "string":
      return strings(shape);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: min ?? -(2 ** 31), max: max ?? 2 ** 31 - 1 });
    case "double":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
    case "timestamp":
      // The SDK sends whole seconds.
      return fc
        .integer({ min: Date.UTC(1000, 0) / 1000, max: Date.UTC(9999, 0) / 1000 })
        .map((s) => new Date(s * 1000));
    case "blob":
      return fc.uint8Array({ maxLength: 40 });
    default:
      throw new Error(`no values of the type ${type}`);
  }
}

/** Values of a structure. */
export const v1StructureValues = (structure: string | undefined) => structures(structure);
