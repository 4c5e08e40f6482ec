/**
 * Reads the simple values of a JSON body as SES does, with the texts of its SerializationException. The texts for
 * lists, structures, strings and booleans were observed (facts 1.1). Those for numbers, timestamps and blobs were not
 * observed and follow the same pattern.
 */

import type { ServiceError } from "./errors/service-error.ts";
import { errors } from "./errors.ts";

/** Reads a non-null JSON value; throws a SerializationException if the value is unreadable. */
export type ReadJson = (value: unknown) => unknown;

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["y", true],
  ["t", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["n", false],
  ["f", false],
  ["0", false],
]);

/** The years 1 to 9999, in milliseconds since 1970: the range of RFC 3339 and of every store. */
const earliest = Date.parse("0001-01-01T00:00:00.000Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unexpected(value: unknown, wanted: string): ServiceError {
  if (Array.isArray(value)) return errors.serialization("Start of list found where not expected");
  switch (typeof value) {
    case "string":
      return errors.serialization(`STRING_VALUE can not be converted to ${wanted}`);
    case "number":
      return errors.serialization(`NUMBER_VALUE can not be converted to ${wanted}`);
    case "boolean":
      return errors.serialization(`${value ? "TRUE" : "FALSE"}_VALUE can not be converted to ${wanted}`);
    default:
      return errors.serialization("Start of structure or map found where not expected.");
  }
}

/** Reads the JSON object of a structure or map. Keys are unchanged; an own `__proto__` is an ordinary key. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value;
  throw errors.serialization(Array.isArray(value) ? "Start of list found where not expected" : "Expected null");
}

export function readArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw errors.serialization("Expected list or null");
}

export function readString(value: unknown): string {
  if (typeof value === "string") return value;
  throw unexpected(value, "a String");
}

/** Reads a boolean, or a string that names one: true, yes, y, t, 1 or false, no, n, f, 0, in any case. */
export function readBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") throw unexpected(value, "a Boolean");
  const named = booleanWords.get(value.toLowerCase());
  // SES's own grammar: "an" for a string, "a" for a number.
  if (named === undefined) throw unexpected(value, "an Boolean");
  return named;
}

/**
 * Whether a number is an integer of the given size, 32 or 64 bits. JSON numbers beyond 2^53 have already lost digits.
 */
export function fits(value: number, bits: number): boolean {
  const limit = 2 ** (bits - 1);
  return Number.isInteger(value) && value >= -limit && value < limit;
}

/** Creates a reader of 32-bit or 64-bit integers. */
export function integerReader(bits: number): ReadJson {
  const wanted = bits === 32 ? "an Integer" : "a Long";
  return (value) => {
    if (typeof value === "number" && fits(value, bits)) return value;
    throw unexpected(value, wanted);
  };
}

/** Reads a double. JSON can't represent NaN and the infinities, so they are strings (restJson1). */
export function readDouble(value: unknown): number {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  throw unexpected(value, "a Double");
}

/** Reads epoch seconds; fractions are kept to the millisecond. */
export function readTimestamp(value: unknown): Date {
  if (typeof value === "number") {
    const milliseconds = Math.round(value * 1000);
    if (milliseconds >= earliest && milliseconds <= latest) return new Date(milliseconds);
  }
  throw unexpected(value, "a Timestamp");
}

/** Reads base64 with padding (RFC 4648, 4) and without line breaks. */
export function readBlob(value: unknown): Uint8Array {
  if (typeof value !== "string") throw unexpected(value, "a Blob");
  const bytes = Buffer.from(value, "base64");
  // Buffer skips characters that aren't base64 and accepts the URL alphabet. The comparisons detect both.
  const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
  const whole = value.length % 4 === 0 && bytes.length === (value.length / 4) * 3 - padding;
  if (!whole || value.includes("-") || value.includes("_")) throw unexpected(value, "a Blob");
  return bytes;
}
