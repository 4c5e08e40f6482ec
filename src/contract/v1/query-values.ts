/** Reads the values of parameters as SES v1 does. The texts of its errors for booleans and numbers were observed. */
import { ServiceError } from "../errors/service-error.ts";
import { fits } from "../json-values.ts";
import { timestampParameter } from "../query-values.ts";
import { v1Errors } from "./errors.ts";
import type { Shape } from "./model.ts";

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** Reads a decoded value. Throws a MalformedInput if it is unreadable. */
export function readValue({ type, bits = 32 }: Shape, text: string): unknown {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      return readBoolean(text);
    case "integer":
      return readInteger(text, bits);
    case "timestamp":
      return readTimestamp(text);
    case "blob":
      return readBlob(text);
    default:
      throw new Error(`no reader for values of the type ${type}`);
  }
}

function readBoolean(text: string): boolean {
  if (text === "") throw v1Errors.booleanMissing();
  const value = booleans.get(text);
  if (value === undefined) throw v1Errors.booleanInvalid();
  return value;
}

function readInteger(text: string, bits: number): number {
  if (text === "") throw v1Errors.numberMissing();
  const value = /^[+-]?\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
  if (!fits(value, bits)) throw v1Errors.numberInvalid();
  return value;
}

function readTimestamp(text: string): Date {
  try {
    return timestampParameter(text);
  } catch (error) {
    throw error instanceof ServiceError ? v1Errors.timestampInvalid() : error;
  }
}

/**
 * Reads base64 (RFC 4648, 4). Clients break it into lines, leave a plus unescaped, which form decoding turns into a
 * space, or leave the padding out.
 */
function readBlob(text: string): Uint8Array {
  const base64 = text.replaceAll(/[\r\n\t]+/g, "").replaceAll(" ", "+");
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  const digits = base64.length - padding;
  const bytes = Buffer.from(base64, "base64");
  // Buffer skips characters that aren't base64 and accepts the URL alphabet. The comparisons detect both.
  const whole = bytes.length === Math.floor((digits * 3) / 4) && digits % 4 !== 1;
  const padded = padding === 0 || base64.length % 4 === 0;
  if (!whole || !padded || base64.includes("-") || base64.includes("_")) throw v1Errors.blobInvalid();
  return bytes;
}
