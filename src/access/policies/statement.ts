/** One statement of a policy, compiled. */
import { type Condition, readConditions, refuseVariables } from "./conditions.ts";
import { membersOf, textOf, textsOf } from "./elements.ts";
import { compileGlobs, isArnPattern, type Matcher } from "./globs.ts";
import { PolicyError, quote } from "./policy-error.ts";
import { type Principals, readPrincipals } from "./principals.ts";

export interface Statement {
  readonly effect: "allow" | "deny";
  readonly principals: Principals;
  /** Actions in lower case: IAM ignores their case. */
  readonly action: Matcher;
  readonly resource: Matcher;
  readonly conditions: readonly Condition[];
}

/** What a statement must fit to. */
export interface StatementContext {
  readonly identityArn: string;
  /** Whether the policy's version has variables such as `${aws:username}`. */
  readonly variables: boolean;
}

const elements = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"] as const;
type ElementName = (typeof elements)[number];

/** Reads a statement; throws a `PolicyError` for anything that can't be evaluated. */
export function readStatement(value: unknown, { identityArn, variables }: StatementContext): Statement {
  const found = new Map<ElementName, unknown>();
  for (const [name, element] of membersOf(value, "the statement")) {
    const known = elements.find((one) => one === name);
    if (!known) throw new PolicyError(`the element ${quote(name)} is not supported`);
    found.set(known, element);
  }
  const required = (name: ElementName) => {
    if (!found.has(name)) throw new PolicyError(`${name} is missing`);
    return found.get(name);
  };
  const effect = required("Effect");
  if (effect !== "Allow" && effect !== "Deny") throw new PolicyError("Effect must be Allow or Deny");
  return {
    effect: effect === "Allow" ? "allow" : "deny",
    principals: readPrincipals(required("Principal"), identityArn.split(":", 2)[1] ?? ""),
    action: readActions(textsOf(required("Action"), "Action")),
    resource: readResources(textsOf(required("Resource"), "Resource"), { identityArn, variables }),
    conditions: found.has("Condition") ? readConditions(found.get("Condition"), variables) : [],
  };
}

/** The Sid of a statement; undefined if it has none. Throws a `PolicyError` if it is no text. */
export function sidOf(value: unknown): string | undefined {
  const sid = membersOf(value, "the statement").find(([name]) => name === "Sid");
  return sid && textOf(sid[1], "Sid");
}

function readActions(actions: readonly string[]): Matcher {
  for (const action of actions) {
    if (action !== "*" && !/^ses:[a-z0-9*?]{1,128}$/i.test(action)) {
      throw new PolicyError(`${quote(action)} is not an action of SES`);
    }
  }
  return compileGlobs(actions.map((action) => action.toLowerCase()));
}

/** Every resource must be, or include, the identity that has the policy. The errors begin with SES's text. */
function readResources(resources: readonly string[], { identityArn, variables }: StatementContext): Matcher {
  if (variables) refuseVariables(resources);
  for (const resource of resources) {
    if (resource === "*") continue;
    if (!isArnPattern(resource)) throw new PolicyError(`Invalid ARN: ${quote(resource)}`);
    if (!compileGlobs([resource], "arn")(identityArn)) {
      throw new PolicyError(`Invalid ARN: ${quote(resource)} is not ${identityArn}`);
    }
  }
  return resources.includes("*") ? () => true : compileGlobs(resources, "arn");
}
