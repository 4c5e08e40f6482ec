/**
 * Reads the JSON text of a policy. Two readers of the same text must not see different policies, so an object with the
 * same name twice is refused: JSON.parse would keep the last member and ignore the others.
 */
import { PolicyError, quote } from "./policy-error.ts";

export interface JsonDocument {
  readonly value: unknown;
  /** The text without the white space between its tokens; strings and numbers are as they were written. */
  readonly compact: string;
}

/** In bytes. White space doesn't count towards SES's limit of a policy, so this is more. */
const longestText = 16_384;
/** In bytes, without white space. */
const longestPolicy = 4096;
/** A value of a condition is in: document, list of statements, statement, conditions, operator, list of values. */
const mostDepth = 6;

// Finds the tokens of a text that is known to be JSON.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/** Parses the text; throws a `PolicyError` if it is no JSON, too long, too deep, or repeats a name in an object. */
export function readJsonDocument(text: string): JsonDocument {
  if (Buffer.byteLength(text) > longestText) throw new PolicyError(`The policy is longer than ${longestText} bytes`);
  if (!text.isWellFormed()) throw new PolicyError("The policy contains unpaired surrogates");
  const value = parse(text);
  const found = text.match(tokens) ?? [];
  checkObjects(found);
  const compact = found.join("");
  if (Buffer.byteLength(compact) > longestPolicy) {
    throw new PolicyError(`The policy is longer than ${longestPolicy} bytes without white space`);
  }
  return { value, compact };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError("The policy is not valid JSON");
  }
}

/** Checks the depth, and the names of each object. */
function checkObjects(found: readonly string[]): void {
  // The names so far in each open object; undefined for a list.
  const open: (Set<string> | undefined)[] = [];
  let nameFollows = false;
  for (const token of found) {
    const names = open.at(-1);
    if (token === "{" || token === "[") {
      if (open.push(token === "{" ? new Set() : undefined) > mostDepth) {
        throw new PolicyError("The policy is nested too deeply");
      }
    } else if (token === "}" || token === "]") open.pop();
    else if (nameFollows && names) {
      const name = String(JSON.parse(token));
      if (names.has(name)) throw new PolicyError(`The policy has ${quote(name)} twice in one object`);
      names.add(name);
    }
    nameFollows = token === "{" || (token === "," && names !== undefined);
  }
}
