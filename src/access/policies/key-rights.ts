/**
 * The rights of an access key: what `mailglass keys create --allow` gives it. A key without the option may do
 * everything; with it, only what one of its grants allows.
 */
import {
  array,
  type InferOutput,
  literal,
  maxLength,
  optional,
  pipe,
  safeParse,
  strictObject,
  string,
  union,
} from "valibot";
import type { OperationName } from "../../contract/types.ts";
import { domainOf, normalizeIdentityName } from "../../identities/identity-name.ts";
import { operationRights, type Right } from "./operation-rights.ts";
import { quote } from "./policy-error.ts";

const mostGrants = 50;

const grantSchema = strictObject({
  right: union([literal("send"), literal("read"), literal("write")]),
  /** The only identity for which it is granted: a domain, with all addresses in it, or an address. */
  identity: optional(string()),
});

/** The stored form: JSON of a key's grants. */
const keyRightsSchema = pipe(array(grantSchema), maxLength(mostGrants));

export type Grant = Readonly<InferOutput<typeof grantSchema>>;
export type KeyRights = readonly Grant[];

/** A value of `--allow` is refused. The message is for the person who typed it. */
export class KeyRightsError extends Error {
  override name = "KeyRightsError";
}

const rights: readonly Right[] = ["send", "read", "write"];

/**
 * Reads the values of all `--allow` options, each `RIGHT` or `RIGHT:IDENTITY`. Undefined, which allows everything, if
 * there are none. Throws a `KeyRightsError`.
 */
export function parseKeyRights(values: readonly string[]): KeyRights | undefined {
  if (values.length === 0) return undefined;
  const grants = new Map<string, Grant>();
  for (const value of values) {
    const grant = parseGrant(value);
    grants.set(formatGrant(grant), grant);
  }
  if (grants.size > mostGrants) throw new KeyRightsError(`a key can have at most ${mostGrants} rights`);
  return [...grants.values()];
}

function parseGrant(value: string): Grant {
  const colon = value.indexOf(":");
  const name = colon < 0 ? value : value.slice(0, colon);
  const right = rights.find((one) => one === name);
  if (!right) {
    throw new KeyRightsError(
      `--allow ${quote(value)}: ${quote(name)} is no right; the rights are ${rights.join(", ")}`,
    );
  }
  if (colon < 0) return { right };
  const identity = normalizeIdentityName(value.slice(colon + 1));
  if (!identity) {
    throw new KeyRightsError(`--allow ${quote(value)}: a domain or an email address must follow the colon`);
  }
  return { right, identity: identity.name };
}

/** A grant as the value of `--allow` that gives it. */
export function formatGrant({ right, identity }: Grant): string {
  return identity === undefined ? right : `${right}:${identity}`;
}

/**
 * Reads stored rights. Null and undefined allow everything, as keys without rights are stored. Rights that can't be read,
 * such as those that a newer version stored, allow nothing. Never throws.
 */
export function readKeyRights(stored: unknown): KeyRights | undefined {
  if (stored === null || stored === undefined) return undefined;
  const result = safeParse(keyRightsSchema, stored);
  return result.success ? result.output : [];
}

/**
 * Whether a key with these rights may call an operation.
 * @param resources the ARNs of everything that the call uses or changes: for a send, the identities that authorize its
 * addresses. A right for one identity covers a call only if it names no other identity. A read or a write must name
 * nothing else either; a send may, such as its configuration set.
 */
export function mayCall(
  rights: KeyRights | undefined,
  operation: OperationName,
  resources: readonly string[],
): boolean {
  if (rights === undefined) return true;
  const right = operationRights[operation];
  const granted = rights.filter((grant) => grant.right === right);
  if (granted.some(({ identity }) => identity === undefined)) return true;
  const names = resources.map(identityOf);
  const decisive = right === "send" ? names.filter((name) => name !== undefined) : names;
  return decisive.length > 0 && decisive.every((name) => granted.some(({ identity }) => covers(identity, name)));
}

/** Whether a key with these rights may call an operation at all, with some resource. */
export function mayCallSometimes(rights: KeyRights | undefined, operation: OperationName): boolean {
  return rights === undefined || rights.some(({ right }) => right === operationRights[operation]);
}

/** Whether a key with these rights may read everything. */
export function mayReadAll(rights: KeyRights | undefined): boolean {
  return rights === undefined || rights.some(({ right, identity }) => right === "read" && identity === undefined);
}

/** The name of the identity that an ARN is of; undefined for any other resource. */
function identityOf(arn: string): string | undefined {
  return /^arn:[^:]*:ses:[^:]*:[^:]*:identity\/(.+)$/s.exec(arn)?.[1];
}

/** A domain covers its addresses. It doesn't cover its subdomains, which are identities of their own. */
function covers(granted: string | undefined, name: string | undefined): boolean {
  if (granted === undefined || name === undefined) return false;
  const known = normalizeIdentityName(name)?.name;
  return known !== undefined && (known === granted || (known.includes("@") && domainOf(known) === granted));
}
