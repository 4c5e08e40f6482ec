/** Reads the parts of a policy's document. Names such as `constructor` or `__proto__` are members like any other. */
import { PolicyError, quote } from "./policy-error.ts";

/** The members of an object; throws a `PolicyError` for anything else. */
export function membersOf(value: unknown, what: string): [name: string, value: unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyError(`${shortened(what)} is not an object`);
  }
  return Object.entries(value);
}

/** The items of a list, or the value itself as the only one. Throws a `PolicyError` for an empty list. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  if (value.length === 0) throw new PolicyError(`${shortened(what)} is an empty list`);
  return value;
}

/** A text, or a list of texts that is not empty. Throws a `PolicyError` for anything else. */
export function textsOf(value: unknown, what: string): readonly string[] {
  return listOf(value, what).map((one) => textOf(one, what));
}

export function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new PolicyError(`${shortened(what)} is not a text`);
}

/** Names from the document may be long. */
function shortened(what: string): string {
  return /^[\w: ]{1,80}$/.test(what) ? what : quote(what);
}
