/**
 * The policies of an identity (sending authorization): who else may send with it, and when. A policy is refused at
 * creation unless everything in it can be evaluated here, so none of it is ever ignored.
 */
import { listOf, membersOf, textOf } from "./elements.ts";
import { readJsonDocument } from "./json-document.ts";
import { PolicyError, quote } from "./policy-error.ts";
import { readStatement, type Statement, sidOf } from "./statement.ts";

export interface Policy {
  /** The text to store and to return: without white space between tokens, as SES returns it. */
  readonly text: string;
  readonly statements: readonly Statement[];
  /** The accounts that the policy names as principals. SES refuses a policy that names an unknown account. */
  readonly accounts: ReadonlySet<string>;
}

/**
 * Reads the JSON text of a policy.
 * @param identityArn the ARN of the identity that has the policy
 * @throws PolicyError tells what is wrong, for the client
 */
export function parsePolicy(text: string, identityArn: string): Policy {
  const { value, compact } = readJsonDocument(text);
  let version: unknown;
  let list: readonly unknown[] | undefined;
  for (const [name, element] of membersOf(value, "The policy")) {
    if (name === "Version") version = element;
    else if (name === "Id") textOf(element, "Id");
    else if (name === "Statement") list = listOf(element, "Statement");
    else throw new PolicyError(`The policy's element ${quote(name)} is not supported`);
  }
  if (version !== undefined && version !== "2008-10-17" && version !== "2012-10-17") {
    throw new PolicyError("Version must be 2012-10-17 or 2008-10-17");
  }
  if (list === undefined) throw new PolicyError("Statement is missing");
  // Without a version it is the older one, which has no variables.
  const context = { identityArn, variables: version === "2012-10-17" };
  const statements = list.map((one, index) => atStatement(index, () => readStatement(one, context)));
  checkSids(list);
  const accounts = new Set(statements.flatMap(({ principals }) => [...principals.accounts]));
  return { text: compact, statements, accounts };
}

/** Policies read from the store. */
export interface StoredPolicies {
  readonly statements: readonly Statement[];
  /** Why policies can't be read any more, for the log. */
  readonly faults: readonly string[];
}

const none: StoredPolicies = { statements: [], faults: [] };

/** Denies everything, to everyone: stands for a policy that can't be read. */
const denyAll: Statement = {
  effect: "deny",
  principals: { include: () => true, accounts: new Set() },
  action: () => true,
  resource: () => true,
  conditions: [],
};

/**
 * Reads the stored policies of an identity, to decide with. A text that can't be read any more, such as one that a newer
 * version stored, denies everything: what it denied is unknown. Never throws. Keep the result: reading costs more than
 * deciding.
 */
export function readStoredPolicies(texts: readonly string[], identityArn: string): StoredPolicies {
  if (texts.length === 0) return none;
  const faults: string[] = [];
  const statements = texts.flatMap((text) => {
    try {
      return parsePolicy(text, identityArn).statements;
    } catch (error) {
      faults.push(error instanceof Error ? error.message : String(error));
      return [denyAll];
    }
  });
  return { statements, faults };
}

/** Adds to an error in which statement it is, counted from one. */
function atStatement<Result>(index: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(`${error.message} (in statement ${index + 1})`, { cause: error });
  }
}

/** IAM's statement IDs are unique in a policy; any number of statements may have none. */
function checkSids(list: readonly unknown[]): void {
  const known = new Set<string>();
  list.forEach((statement, index) => {
    const sid = atStatement(index, () => sidOf(statement));
    if (!sid) return;
    if (known.has(sid)) throw new PolicyError(`The Sid ${quote(sid)} is used twice`);
    known.add(sid);
  });
}
