/** The ARNs of identities in send requests. */
import { errors } from "../../contract/errors.ts";
import { identityCandidates, normalizeIdentityName } from "../../identities/identity-name.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";

/** An identity that a request names. */
export interface NamedIdentity {
  /** 12 digits. */
  readonly accountId: string;
  /** In its canonical form. */
  readonly name: string;
}

/** Throws a bad request unless it is the ARN of an identity in the caller's region, as SES requires. */
export function readIdentityArn(arn: string, { region }: Pick<Scope, "region">): NamedIdentity {
  const [, its, accountId, given = ""] =
    /^arn:aws:ses:([a-z0-9-]{1,32}):(\d{12}):identity\/(.{1,320})$/.exec(arn) ?? [];
  const name = normalizeIdentityName(given)?.name;
  if (its === undefined || accountId === undefined || name === undefined) throw errors.identityArn(arn);
  if (its !== region) throw errors.identityArnRegion(arn, region);
  return { accountId, name };
}

/** Whether mail from the address can be sent with the identity: it is the address, its domain or a domain above. */
export function coversAddress({ name }: NamedIdentity, address: Address): boolean {
  return identityCandidates(mailboxOf(address)).includes(name);
}
