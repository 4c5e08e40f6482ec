/**
 * Data from outside this process, or from another version of this program, is parsed by a schema of Valibot and never
 * just believed to be of a type.
 */
import { custom, type GenericSchema, getDotPath, type InferOutput, is, safeParse } from "valibot";

/** Data that is not what it should be. The message says what it is of and where in it, and shows nothing of it. */
export class MalformedData extends Error {
  override name = "MalformedData";
}

/** Data of a version that this version of the program does not know: most likely a newer one wrote it. */
export class UnknownVersion extends MalformedData {
  override name = "UnknownVersion";
}

/**
 * The value as its schema has it, without what the schema does not name.
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

/** The same of a JSON text. Throws a MalformedData for what is no JSON, too. */
export function parseJson<const Schema extends GenericSchema>(
  schema: Schema,
  text: string,
  what: string,
): InferOutput<Schema> {
  return parseData(schema, jsonOf(text, what), what);
}

/**
 * The same of a JSON object whose layout has a version, `v`; one without is of version 1.
 * @param version the one that the schema is of
 * @throws UnknownVersion for any other
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

/** The error for data of a version that is not known here. */
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
 * A schema for an object whose names are anybody's. Valibot's `record` leaves out `constructor` and the like, which may be
 * the name of a topic or a tag.
 * @param member the schema of each member, which transforms nothing
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
