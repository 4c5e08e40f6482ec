/**
 * Decodes a request into an operation's typed input. Compiles the schemas to closures, once per structure for all
 * operations, because the SDK's own codec does not validate its input.
 *
 * As restJson1 specifies, unknown members are ignored, and a null member or map value is treated as absent. Observed
 * exceptions: a null boolean is refused, and so is a null list element, because SES has no sparse lists. Member names come from the schema, never from the request. Map
 * keys do come from the request, so maps have no prototype and `__proto__` and `constructor` are ordinary keys.
 */
import { isUtf8 } from "node:buffer";
import type { NormalizedSchema } from "@smithy/core/schema";
import { constraintTable, unconstrained, type ValueConstraint } from "./constraint-table.ts";
import { errors } from "./errors.ts";
import * as json from "./json-values.ts";
import { nullElements } from "./observations.ts";
import { type InputMember, operationNamed } from "./operations.ts";
import * as parameters from "./query-values.ts";
import type { Input, OperationName } from "./types.ts";

/** The parts of a request that contain the input. */
export interface WireRequest {
  /** The path's labels, percent-decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** The query: parsed, or raw without the `?`. */
  readonly query: URLSearchParams | string;
  readonly body: Uint8Array | string;
}

interface BodyMember {
  readonly name: string;
  readonly read: json.ReadJson;
  /** Reads a null; undefined if a null counts as absent. */
  readonly readNull: (() => never) | undefined;
}

interface QueryMember {
  readonly name: string;
  readonly wireName: string;
  readonly isList: boolean;
  readonly read: parameters.ReadParameter;
}

interface InputDecoder {
  readonly labels: readonly string[];
  readonly query: readonly QueryMember[];
  readonly body: readonly BodyMember[];
}

const structureReaders = new Map<string, json.ReadJson>();
const inputDecoders = new Map<OperationName, InputDecoder>();

function readMembers(members: readonly BodyMember[], wire: unknown, into: Record<string, unknown>): void {
  const object = json.readObject(wire);
  for (const { name, read, readNull } of members) {
    const value = object[name];
    if (value === null) readNull?.();
    else if (value !== undefined) into[name] = read(value);
  }
}

/** Otherwise a null boolean would be taken as false, and pause sending. */
function refuseNull(): never {
  throw errors.serialization();
}

function bodyMember(name: string, schema: NormalizedSchema, constraint: ValueConstraint): BodyMember {
  const readNull = schema.isBooleanSchema() ? refuseNull : undefined;
  const nullElement = nullElements[name] ?? errors.serialization;
  const read = schema.isListSchema() ? listReader(schema, constraint, nullElement) : jsonReader(schema, constraint);
  return { name, read, readNull };
}

function structureReader(schema: NormalizedSchema): json.ReadJson {
  const structure = schema.getName() ?? "";
  const known = structureReaders.get(structure);
  if (known !== undefined) return known;
  const members: BodyMember[] = [];
  const reader: json.ReadJson = (wire) => {
    const value: Record<string, unknown> = {};
    readMembers(members, wire, value);
    return value;
  };
  // Register the reader before compiling the members, because a structure may contain itself.
  structureReaders.set(structure, reader);
  const constraints = constraintTable.structures[structure] ?? {};
  for (const [name, member] of schema.structIterator()) {
    members.push(bodyMember(name, member, constraints[name] ?? unconstrained));
  }
  return reader;
}

function listReader(schema: NormalizedSchema, { item }: ValueConstraint, nullElement: () => Error): json.ReadJson {
  const read = jsonReader(schema.getValueSchema(), item ?? unconstrained);
  return (wire) =>
    json.readArray(wire).map((element) => {
      if (element === null) throw nullElement();
      return read(element);
    });
}

/** A known key with a null value counts as absent. An unknown one stays: SES refuses it because of the key. */
function mapReader(schema: NormalizedSchema, { key: { enum: keys } = {}, value }: ValueConstraint): json.ReadJson {
  const read = jsonReader(schema.getValueSchema(), value ?? unconstrained);
  return (wire) => {
    const entries: Record<string, unknown> = Object.create(null);
    for (const [key, entry] of Object.entries(json.readObject(wire))) {
      if (entry !== null) entries[key] = read(entry);
      else if (keys?.includes(key) === false) entries[key] = undefined;
    }
    return entries;
  };
}

function jsonReader(schema: NormalizedSchema, constraint: ValueConstraint): json.ReadJson {
  if (schema.isStringSchema()) return json.readString;
  if (schema.isStructSchema()) return structureReader(schema);
  if (schema.isListSchema()) return listReader(schema, constraint, errors.serialization);
  if (schema.isMapSchema()) return mapReader(schema, constraint);
  if (schema.isBooleanSchema()) return json.readBoolean;
  if (schema.isTimestampSchema()) return json.readTimestamp;
  if (schema.isBlobSchema()) return json.readBlob;
  if (schema.isNumericSchema()) {
    return constraint.bits === undefined ? json.readDouble : json.integerReader(constraint.bits);
  }
  throw new Error(`no reader for the schema ${schema.getName(true)}`);
}

function parameterReader(schema: NormalizedSchema, constraint: ValueConstraint): parameters.ReadParameter {
  if (schema.isStringSchema()) return parameters.stringParameter;
  if (schema.isTimestampSchema()) return parameters.timestampParameter;
  if (schema.isNumericSchema() && constraint.bits !== undefined) return parameters.integerParameter(constraint.bits);
  throw new Error(`no reader of parameters for the schema ${schema.getName(true)}`);
}

function queryMember({ name, wireName, schema }: InputMember, constraint: ValueConstraint): QueryMember {
  const isList = schema.isListSchema();
  const read = isList
    ? parameterReader(schema.getValueSchema(), constraint.item ?? unconstrained)
    : parameterReader(schema, constraint);
  return { name, wireName, isList, read };
}

function compile(name: OperationName): InputDecoder {
  const { input, members } = operationNamed(name);
  const constraints = constraintTable.structures[input.getName() ?? ""] ?? {};
  const constraintOf = (member: InputMember) => constraints[member.name] ?? unconstrained;
  return {
    labels: members.filter(({ location }) => location === "label").map((member) => member.name),
    query: members
      .filter(({ location }) => location === "query")
      .map((member) => queryMember(member, constraintOf(member))),
    body: members
      .filter(({ location }) => location === "body")
      .map((member) => bodyMember(member.name, member.schema, constraintOf(member))),
  };
}

function decoderOf(name: OperationName): InputDecoder {
  const known = inputDecoders.get(name);
  if (known !== undefined) return known;
  const decoder = compile(name);
  inputDecoders.set(name, decoder);
  return decoder;
}

/**
 * Parses a body's JSON. An empty body is an empty object. Invalid JSON, also a body of white space, and `null` are
 * errors without a text (observed in SES).
 */
function parseBody(body: Uint8Array | string): unknown {
  if (typeof body !== "string" && !isUtf8(body)) throw errors.serialization();
  const text = typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.length).toString();
  if (text === "") return {};
  const value = parsed(text);
  if (value === null) throw errors.serialization();
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw errors.serialization();
  }
}

function readQuery(members: readonly QueryMember[], query: URLSearchParams, into: Record<string, unknown>): void {
  for (const { name, wireName, isList, read } of members) {
    const values = query.getAll(wireName);
    const [first] = values;
    if (first !== undefined) into[name] = isList ? values.map(read) : read(first);
  }
}

/**
 * Decodes an operation's input. Does not check the constraints, including required members. If no member is in the
 * body, the body is not read.
 * @throws a SerializationException for an unreadable value
 */
export function decode<Name extends OperationName>(name: Name, { labels, query, body }: WireRequest): Input<Name> {
  const decoder = decoderOf(name);
  const input: Record<string, unknown> = {};
  if (decoder.body.length > 0) readMembers(decoder.body, parseBody(body), input);
  for (const label of decoder.labels) input[label] = labels[label];
  if (decoder.query.length > 0) {
    readQuery(decoder.query, typeof query === "string" ? new URLSearchParams(query) : query, input);
  }
  // The values have been checked against the operation's schema, so they have the type that the SDK derives from it.
  return input as Input<Name>;
}
