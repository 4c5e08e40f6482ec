/**
 * Reads the values of query parameters. Observed (facts 1.1): `'<x>' can not be converted to Integer`. The text for
 * timestamps follows this pattern.
 */
import { errors } from "./errors.ts";
import { fits } from "./json-values.ts";

/** Reads a parameter; throws a SerializationException if the value is unreadable. */
export type ReadParameter = (text: string) => unknown;

// RFC 3339, 5.6, the format of timestamps in a restJson1 query. Leap seconds are excluded, because a Date has none.
const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

export function stringParameter(text: string): string {
  return text;
}

/** Creates a reader of 32-bit or 64-bit integers. */
export function integerParameter(bits: number): ReadParameter {
  const wanted = bits === 32 ? "Integer" : "Long";
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!fits(value, bits)) throw errors.serialization(`'${text}' can not be converted to ${wanted}`);
    return value;
  };
}

/** Reads an RFC 3339 date and time. */
export function timestampParameter(text: string): Date {
  const [, year = "", month = "", day = ""] = dateTime.exec(text) ?? [];
  // A Date turns February 30 into March; RFC 3339 does not allow it.
  const lastDay = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  const date = new Date(text.toUpperCase());
  if (year === "" || day === "00" || Number(day) > lastDay || Number.isNaN(date.getTime())) {
    throw errors.serialization(`'${text}' can not be converted to Timestamp`);
  }
  return date;
}
