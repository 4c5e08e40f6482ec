/**
 * Reads the values of query parameters. Seen (facts 1.1): `'<x>' can not be converted to Integer`; the text on
 * timestamps is built like it.
 */
import { errors } from "./errors.ts";
import { fits } from "./json-values.ts";

/** Reads one parameter; throws a SerializationException for one that can't be read. */
export type ReadParameter = (text: string) => unknown;

// RFC 3339, 5.6, which restJson1 takes for timestamps in a query; the leap second is left out, a Date has none.
const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A string, as it is. */
export function stringParameter(text: string): string {
  return text;
}

/** A reader of whole numbers of 32 or 64 bits. */
export function integerParameter(bits: number): ReadParameter {
  const wanted = bits === 32 ? "Integer" : "Long";
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!fits(value, bits)) throw errors.serialization(`'${text}' can not be converted to ${wanted}`);
    return value;
  };
}

/** An RFC 3339 date and time. */
export function timestampParameter(text: string): Date {
  const [, year = "", month = "", day = ""] = dateTime.exec(text) ?? [];
  // A Date rolls 30 February over to March; RFC 3339 does not.
  const lastDay = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  const date = new Date(text.toUpperCase());
  if (year === "" || day === "00" || Number(day) > lastDay || Number.isNaN(date.getTime())) {
    throw errors.serialization(`'${text}' can not be converted to Timestamp`);
  }
  return date;
}
