/**
 * Query parameters for chDB as session settings (`SET param_name = '...'`), which ClickHouse reads as parameters.
 * chDB's own calls that bind parameters run one at a time per process: while one took 1.6 s, another that needed 2 ms
 * waited 1.6 s.
 */
import { identifier, literal } from "./identifier.ts";

/** The SET statement for these parameters: strings, numbers, booleans, arrays of them. Undefined if there are none. */
export function parameterStatement(parameters: Readonly<Record<string, unknown>>): string | undefined {
  const settings = Object.entries(parameters).map(
    ([name, value]) =>
      `param_${identifier(name)} = ${literal(typeof value === "string" ? tabSeparated(value) : text(value))}`,
  );
  return settings.length === 0 ? undefined : `SET ${settings.join(", ")}`;
}

function text(value: unknown): string {
  switch (typeof value) {
    case "string":
      return literal(value);
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
      throw new Error(`a parameter can't be ${Object.prototype.toString.call(value)}`);
  }
}

/** Escapes a string parameter, which ClickHouse parses like a field of a tab-separated file. */
function tabSeparated(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
