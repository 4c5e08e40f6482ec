/** The SES API, called by the page itself: `ses("GetContactList", { ContactListName })`. */
import type { Input, Output } from "../../../src/contract/types.ts";
import { type QueryValue, queryString } from "./query-string.ts";
import { request } from "./request.ts";
import type { ScopeChoice } from "./scope.ts";
import { type Binding, type SesOperation, sesOperations } from "./ses-operations.ts";

/** A value as it travels in JSON: instants are seconds since 1970, bytes are base64. */
export type OnWire<Value> = Value extends Date
  ? number
  : Value extends Uint8Array
    ? string
    : Value extends readonly (infer Item)[]
      ? OnWire<Item>[]
      : Value extends object
        ? { [Key in keyof Value]: OnWire<Value[Key]> }
        : Value;

/** What an operation answers to a page. */
export type Answer<Name extends SesOperation> = OnWire<Output<Name>>;

/**
 * Calls an operation. Dates of the input may be `Date`s; those of the answer are seconds since 1970 (`instantOf` makes
 * them dates). `scope` is an account and a region other than those of the document. Rejects with an `ApiError`, whose `code`
 * is SES's.
 */
export async function ses<Name extends SesOperation>(
  name: Name,
  input: Input<Name> & object,
  signal?: AbortSignal,
  scope?: ScopeChoice,
): Promise<Answer<Name>> {
  const { path, body } = onWire(sesOperations[name], Object.entries(input));
  const answer = await request(sesOperations[name].method, path, { ...(body ? { json: body } : {}), signal, scope });
  // SES answers some absent members as null. Like the SDKs, leave them out.
  return JSON.parse(await answer.text(), (_, value: unknown) => value ?? undefined);
}

/** The path with its query and the body of a call; undefined where there is none. */
export function onWire(
  { method, path, query }: Binding,
  members: readonly (readonly [string, unknown])[],
): { path: string; body: object | undefined } {
  const given = members.filter(([, value]) => value !== undefined);
  const inPath = ([name]: readonly [string, unknown]) => path.includes(`{${name}}`);
  const values = new Map(given);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? "")));
  const asked = given.filter(([name]) => name in query);
  const parameters = asked.map(([name, value]): [string, QueryValue] => [query[name] ?? name, queryValue(value)]);
  const rest = given.filter((member) => !inPath(member) && !(member[0] in query));
  const hasBody = method === "POST" || method === "PUT";
  return {
    path: `/v2/email${filled}${queryString(Object.fromEntries(parameters))}`,
    body: hasBody ? Object.fromEntries(rest.map(([name, value]) => [name, bodyValue(value)])) : undefined,
  };
}

function queryValue(value: unknown): QueryValue {
  if (value instanceof Date) return value;
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** A value as a request of the SES API carries it in JSON. */
export function bodyValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return base64(value);
  if (Array.isArray(value)) return value.map(bodyValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bodyValue(one)]));
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
