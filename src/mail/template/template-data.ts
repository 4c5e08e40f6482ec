/** The data that a template is rendered with: a JSON object. */
import { TemplateError } from "./template-error.ts";

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Its members are own properties, even one named `__proto__`. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** Deeper data would exhaust the stack when it is serialized again. */
const maxDepth = 100;

/**
 * Parses TemplateData; returns an empty object if absent.
 * @throws TemplateError if it is not JSON, not an object, or nested more than 100 levels deep.
 */
export function parseTemplateData(text: string | undefined): JsonObject {
  if (text === undefined || text.trim() === "") return {};
  checkDepth(text);
  let data: JsonValue;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new TemplateError(`The template data is not valid JSON: ${error instanceof Error ? error.message : ""}`);
  }
  if (!isJsonObject(data)) throw new TemplateError("The template data must be a JSON object.");
  return data;
}

/** Whether a value is an object, not null or an array. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
    if (depth > maxDepth) throw new TemplateError(`The template data is nested more than ${maxDepth} levels deep.`);
  }
}
