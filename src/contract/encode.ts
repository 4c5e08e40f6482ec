/**
 * Encodes a handler's output or an error as a response body, with the SDK's schemas compiled to closures. Omits
 * undefined members and members that are not in the schema. Keeps a null, which the SDK's own codec would drop
 * (ListImportJobs ends its last page with `"NextToken": null`, facts 10).
 */
import type { NormalizedSchema } from "@smithy/core/schema";
import type { ServiceError } from "./errors/service-error.ts";
import { isJsonObject } from "./json-values.ts";
import { writtenNulls, writtenValues } from "./observations.ts";
import { operationNamed } from "./operations.ts";
import type { OperationName, Output } from "./types.ts";

/** The response to an error. */
export interface EncodedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Write = (value: unknown) => unknown;

const structureWriters = new Map<string, Write>();

function unfit(schema: NormalizedSchema): TypeError {
  return new TypeError(`a handler's answer doesn't fit the schema of ${schema.getName() || schema.getMemberName()}`);
}

/** Wraps a writer so that `null` passes through. */
function orNull(write: Write): Write {
  return (value) => (value === null ? null : write(value));
}

function structureWriter(schema: NormalizedSchema): Write {
  const structure = schema.getName() ?? "";
  const known = structureWriters.get(structure);
  if (known !== undefined) return known;
  const members: Array<{ readonly name: string; readonly write: Write }> = [];
  const nulls = writtenNulls[structure] ?? [];
  const writer = orNull((value) => {
    if (!isJsonObject(value)) throw unfit(schema);
    const wire: Record<string, unknown> = {};
    for (const { name, write } of members) {
      const member = value[name];
      if (member !== undefined) wire[name] = write(member);
    }
    for (const name of nulls) wire[name] ??= null;
    return wire;
  });
  structureWriters.set(structure, writer);
  for (const [name, member] of schema.structIterator()) {
    const spelled = writtenValues[structure]?.[name];
    members.push({ name, write: spelled ? spelledWriter(spelled) : valueWriter(member) });
  }
  return writer;
}

function spelledWriter(spelled: Readonly<Record<string, string>>): Write {
  return (value) => (typeof value === "string" ? (spelled[value] ?? value) : value);
}

function listWriter(schema: NormalizedSchema): Write {
  const write = valueWriter(schema.getValueSchema());
  return orNull((value) => {
    if (!Array.isArray(value)) throw unfit(schema);
    return value.map(write);
  });
}

function mapWriter(schema: NormalizedSchema): Write {
  const write = valueWriter(schema.getValueSchema());
  return orNull((value) => {
    if (!isJsonObject(value)) throw unfit(schema);
    const wire: Record<string, unknown> = Object.create(null);
    for (const [key, entry] of Object.entries(value)) if (entry !== undefined) wire[key] = write(entry);
    return wire;
  });
}

function writeDouble(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function valueWriter(schema: NormalizedSchema): Write {
  if (schema.isStructSchema()) return structureWriter(schema);
  if (schema.isListSchema()) return listWriter(schema);
  if (schema.isMapSchema()) return mapWriter(schema);
  if (schema.isTimestampSchema()) {
    return orNull((value) => {
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw unfit(schema);
      return value.getTime() / 1000;
    });
  }
  if (schema.isBlobSchema()) {
    return orNull((value) => {
      if (!(value instanceof Uint8Array)) throw unfit(schema);
      return Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64");
    });
  }
  if (schema.isNumericSchema()) return writeDouble;
  return (value) => value;
}

/**
 * The JSON body of an operation's response: timestamps as epoch seconds, blobs as base64.
 * @throws a TypeError for an output that does not match the schema: a defect of the handler
 */
export function encode<Name extends OperationName>(name: Name, output: Output<Name>): string {
  return JSON.stringify(valueWriter(operationNamed(name).output)(output));
}

/** Encodes an error: the bare name in the header, and a null message if SES gives none (facts 1.1). */
export function encodeError({ code, status, text, textMember }: ServiceError): EncodedError {
  return { status, headers: { "X-Amzn-Errortype": code }, body: JSON.stringify({ [textMember]: text ?? null }) };
}
