/** The ARNs of identities in send requests. */
import { errors } from "../../contract/errors.ts";
import { identityCandidates, normalizeIdentityName } from "../../identities/identity-name.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { givenText, type SenderInput } from "./given-addresses.ts";

/** The ARNs of the identities that authorize addresses, such as those of other accounts; undefined where none is given. */
export interface IdentityArns {
  /** For the sender. If `from` or `feedback` is not given, also for those addresses if the identity covers them. */
  readonly source: string | undefined;
  /** For the From header of a raw message. */
  readonly from: string | undefined;
  /** For the feedback address. */
  readonly feedback: string | undefined;
}

/** The ARNs in a request. */
export function givenIdentityArns(input: SenderInput): IdentityArns {
  return {
    source: givenText(input.FromEmailAddressIdentityArn),
    from: undefined,
    feedback: givenText(input.FeedbackForwardingEmailAddressIdentityArn),
  };
}

/** The ARNs of a raw message. FromEmailAddressIdentityArn takes precedence over both fields for the sender. */
export function rawIdentityArns(given: IdentityArns, sesFields: ReadonlyMap<string, string>): IdentityArns {
  return {
    source: given.source ?? givenText(sesFields.get("x-ses-source-arn")),
    from: given.source ?? givenText(sesFields.get("x-ses-from-arn")),
    feedback: given.feedback ?? givenText(sesFields.get("x-ses-return-path-arn")),
  };
}

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
