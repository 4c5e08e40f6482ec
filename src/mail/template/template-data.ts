/** The data that a template is rendered with: a JSON object. */
import { TemplateDataError } from "./template-error.ts";

/** A number with more digits than a double has. Rendering writes it as it is in the data. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | ExactNumber | readonly JsonValue[] | JsonObject;

/** A JSON object. Its members are own properties, even one named `__proto__`. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Deeper data would exhaust the stack when it is serialized again. */
const maxDepth = 100;

/**
 * Parses TemplateData; returns an empty object if absent.
 * @throws TemplateDataError if it is not JSON, not an object, or nested more than 100 levels deep.
 */
export function parseTemplateData(text: string | undefined): JsonObject {
  if (text === undefined || text.trim() === "") return {};
  checkDepth(text);
  let data: JsonValue;
  try {
    data = JSON.parse(text, exactNumbers);
  } catch (error) {
    throw new TemplateDataError(`The template data is not valid JSON: ${error instanceof Error ? error.message : ""}`);
  }
  if (!isJsonObject(data)) throw new TemplateDataError("The template data must be a JSON object.");
  return data;
}

/** A reviver of JSON.parse. Its third argument, which TypeScript's library lacks, has the source of a simple value. */
function exactNumbers(_key: string, value: unknown, ...[context]: unknown[]): unknown {
  if (typeof value !== "number" || typeof context !== "object" || context === null) return value;
  const source = "source" in context ? context.source : undefined;
  return typeof source === "string" && losesDigits(value, source) ? new ExactNumber(source) : value;
}

/** A double has at least 15 significant decimal digits. */
function losesDigits(value: number, source: string): boolean {
  if (source === String(value) || value === 0) return false;
  const digits = source
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "");
  return !Number.isFinite(value) || digits.length > 15;
}

/** Merges data at every depth: members of objects are merged, any other value replaces the default. */
export function mergeTemplateData(defaults: JsonObject, replacement: JsonObject): JsonObject {
  const merged = new Map(Object.entries(defaults));
  for (const [name, value] of Object.entries(replacement)) {
    const given = merged.get(name);
    merged.set(name, isJsonObject(given) && isJsonObject(value) ? mergeTemplateData(given, value) : value);
  }
  // Creates own properties for any name, including `__proto__`.
  return Object.fromEntries(merged);
}

/** Writes a value as JSON, with all digits of its numbers. */
export function jsonText(value: JsonValue): string {
  if (value instanceof ExactNumber) return value.text;
  if (isJsonArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`)
    .join(",")}}`;
}

/** Whether a value is an object, not null, an array or a number. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  // By index: a pattern for strings would search the rest of the text for the end of each one that has none.
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c === "\\") at++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "[" || c === "{") depth++;
    else if (c === "]" || c === "}") depth--;
    if (depth > maxDepth) throw new TemplateDataError(`The template data is nested more than ${maxDepth} levels deep.`);
  }
}
