/**
 * Parses data from outside this process, or from another version of this program, with Valibot schemas instead of
 * trusting its type.
 */
import { custom, type GenericSchema, getDotPath, type InferOutput, is, safeParse } from "valibot";

/** Malformed data. The message names the data and the faulty field, but contains no values. */
export class MalformedData extends Error {
  override name = "MalformedData";
}

/** Data of a version unknown to this version of the program; most likely a newer version wrote it. */
export class UnknownVersion extends MalformedData {
  override name = "UnknownVersion";
}

/**
 * Parses a value and drops members that the schema does not name.
 * @param what names the data in errors, such as `the answer of the server`
 * @throws MalformedData
 */
export function parseData<const Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): InferOutput<Schema> {
  const result = safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = getDotPath(issue);
  const fault = issue.received === "undefined" ? "is missing" : `is not ${issue.expected ?? "valid"}`;
  throw new MalformedData(`${what} is malformed: ${path ?? "it"} ${fault}`);
}

/** Parses a JSON text like `parseData`. Throws MalformedData for invalid JSON, too. */
export function parseJson<const Schema extends GenericSchema>(
  schema: Schema,
  text: string,
  what: string,
): InferOutput<Schema> {
  return parseData(schema, jsonOf(text, what), what);
}

/**
 * Parses a JSON object whose layout has a version in `v`; without `v` the version is 1.
 * @param version the version of the schema
 * @throws UnknownVersion for any other version
 */
export function parseVersionedJson<const Schema extends GenericSchema>(
  schema: Schema,
  version: number,
  text: string,
  what: string,
): InferOutput<Schema> {
  const value = jsonOf(text, what);
  const found = typeof value === "object" && value !== null && "v" in value ? value.v : 1;
  if (found !== version) throw unknownVersion(what, found);
  return parseData(schema, value, what);
}

/** The error for data of an unknown version. */
export function unknownVersion(what: string, found: unknown): UnknownVersion {
  const version = typeof found === "number" ? `version ${found}` : "a version that is no number";
  return new UnknownVersion(`${what} has ${version}, which this version of Mailglass does not know`);
}

function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedData(`${what} is not JSON`, { cause: error });
  }
}

/**
 * A schema for an object with arbitrary names. Valibot's `record` drops names such as `constructor`, which may be the
 * name of a topic or a tag.
 * @param member the schema of each member; it must not transform values
 */
export function dictionary<const Member extends GenericSchema>(member: Member) {
  return custom<Record<string, InferOutput<Member>>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((one) => is(member, one)),
    "not an object of such members",
  );
}

/** Parses JSON that may be damaged; undefined if the text is not JSON. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
