/** The Principal element: whom a statement is about. */
import { membersOf, textsOf } from "./elements.ts";
import { PolicyError, quote } from "./policy-error.ts";
import type { Principal } from "./policy-request.ts";

export interface Principals {
  readonly include: (principal: Principal) => boolean;
  /** The accounts that are named, on their own or as those of users. */
  readonly accounts: ReadonlySet<string>;
}

// IAM allows no wildcard in part of an ARN. Groups, roles and sessions are no principals here.
const principalArn = /^arn:([a-z-]{1,20}):iam::(\d{12}):(?:(root)|user\/[\w+=,.@/-]{1,576})$/;
const serviceName = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.amazonaws\.com(?:\.cn)?$/;

/**
 * Reads the Principal element; throws a `PolicyError`, which begins with SES's text for a principal that can't be.
 * @param partition the partition of the identity's ARN
 */
export function readPrincipals(element: unknown, partition: string): Principals {
  if (element === "*") return everyone;
  const members = typeof element === "string" ? invalid(element) : membersOf(element, "Principal");
  if (members.length === 0) throw new PolicyError("Principal names no one");
  let all = false;
  const wholeAccounts = new Set<string>();
  const arns = new Set<string>();
  const accounts = new Set<string>();
  for (const [kind, given] of members) {
    if (kind !== "AWS" && kind !== "Service") throw new PolicyError(`Principal: ${quote(kind)} is not supported`);
    for (const text of textsOf(given, kind)) {
      if (kind === "Service") {
        // Known, but no service calls here: it matches no principal.
        if (!serviceName.test(text)) invalid(text);
      } else if (text === "*") all = true;
      else {
        const [, itsPartition, account = text, root] = principalArn.exec(text) ?? [];
        if (itsPartition === undefined ? !/^\d{12}$/.test(text) : itsPartition !== partition) invalid(text);
        accounts.add(account);
        if (itsPartition === undefined || root !== undefined) wholeAccounts.add(account);
        else arns.add(text);
      }
    }
  }
  if (all) return { ...everyone, accounts };
  return { include: ({ accountId, arn }) => wholeAccounts.has(accountId) || arns.has(arn), accounts };
}

const everyone: Principals = { include: () => true, accounts: new Set() };

function invalid(text: string): never {
  throw new PolicyError(`Policy contains an invalid principal: ${quote(text)}`);
}
