/** The resources that calls about identities are about: what rights for one identity are checked against. */
import type { OperationName } from "../../contract/types.ts";

/** What ARNs name besides the resource. */
export interface ResourceOwner {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

/** Members that name a resource, and what an ARN calls its kind. */
const kinds = [
  ["EmailIdentity", "identity"],
  ["ConfigurationSetName", "configuration-set"],
] as const;

/** The operations about one identity. Any other member of theirs that names a resource is in `kinds`. */
const aboutIdentity: ReadonlySet<OperationName> = new Set<OperationName>([
  "CreateEmailIdentity",
  "CreateEmailIdentityPolicy",
  "DeleteEmailIdentity",
  "DeleteEmailIdentityPolicy",
  "GetEmailIdentity",
  "GetEmailIdentityPolicies",
  "PutEmailIdentityConfigurationSetAttributes",
  "PutEmailIdentityDkimAttributes",
  "PutEmailIdentityDkimSigningAttributes",
  "PutEmailIdentityFeedbackAttributes",
  "PutEmailIdentityMailFromAttributes",
  "UpdateEmailIdentityPolicy",
]);

/** The operations about a resource of any kind, which they name by its ARN. */
const aboutArn: ReadonlySet<OperationName> = new Set<OperationName>([
  "ListTagsForResource",
  "TagResource",
  "UntagResource",
]);

/** The ARNs of all resources of a call that is about an identity; none for any other call, or if it names none. */
export function resourcesOf(operation: OperationName, input: unknown, owner: ResourceOwner): string[] {
  const members = new Map<string, unknown>(Object.entries(Object(input)));
  if (aboutArn.has(operation)) return textsIn(members, "ResourceArn");
  if (!aboutIdentity.has(operation)) return [];
  return kinds.flatMap(([member, kind]) =>
    textsIn(members, member).map((name) => `arn:aws:ses:${owner.region}:${owner.accountId}:${kind}/${name}`),
  );
}

function textsIn(members: ReadonlyMap<string, unknown>, name: string): string[] {
  const value = members.get(name);
  return typeof value === "string" && value !== "" ? [value] : [];
}
