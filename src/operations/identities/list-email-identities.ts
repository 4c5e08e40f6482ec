import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import { nearestNames } from "../../identities/identity-name.ts";
import { isCovered, linkLifetime, verificationStatus } from "../../identities/status.ts";
import type { ProofStatus } from "../../stores/postgres/dns-proof.ts";
import { type EmailIdentity, selectIdentities, selectNearestIdentities } from "../../stores/postgres/identities.ts";
import { decodeToken, encodeToken } from "../page-token.ts";
import type { IdentityServices } from "./identity-services.ts";

const DEFAULT_PAGE_SIZE = 25;

/** The most identities of a page. */
export const maxIdentityPage = 1000;

export type ListServices = Pick<IdentityServices, "database" | "proving" | "clock">;

/** Which identities to list. */
export interface IdentityFilter {
  /** In lower case; empty for all. */
  contains: string;
  type: EmailIdentity["type"] | undefined;
  status: ProofStatus | undefined;
}

const statuses: readonly ProofStatus[] = ["SUCCESS", "PENDING", "FAILED", "TEMPORARY_FAILURE"];

/** ListEmailIdentities: SES checks the page size, the filter, then the token. */
export function listEmailIdentities(services: ListServices): Handler<"ListEmailIdentities"> {
  const { proving, clock } = services;
  return async (input) => {
    const size = input.PageSize ?? DEFAULT_PAGE_SIZE;
    if (size < 1 || size > maxIdentityPage) throw errors.identityPageSize(size);
    const { page, nextToken } = await readIdentities(services, readFilter(input.Filter), size, input.NextToken);
    const now = clock();
    const sending = await sendingEnabled(services, page, now);
    return {
      EmailIdentities: page.map((identity) => ({
        IdentityType: identity.type,
        IdentityName: identity.name,
        SendingEnabled: sending.has(identity.name),
        VerificationStatus: verificationStatus(identity, proving, now),
      })),
      NextToken: nextToken,
    };
  };
}

/**
 * A page of identities: ordered by the bytes of the names, so that identities created or deleted between pages neither
 * repeat nor hide others. Throws a bad request unless the token is one of the same filter; without one, the first page
 * is read.
 */
export async function readIdentities(
  { database, proving, clock }: ListServices,
  { contains, type, status }: IdentityFilter,
  size: number,
  token: string | undefined,
): Promise<{ page: EmailIdentity[]; nextToken: string | undefined }> {
  const filtered = contains !== "" || type !== undefined || status !== undefined;
  const kind = `email-identities ${JSON.stringify([contains, type ?? null, status ?? null])}`;
  const after = token ? decodeToken(kind, token) : "";
  if (after === undefined) throw filtered ? errors.identityTokenOfOtherFilter() : errors.identityToken(token ?? "");
  // Names are ASCII; the database rejects some other characters, such as NUL.
  const assumed = proving === "assumed";
  const nothing = !/^[ -~]*$/.test(contains) || (assumed && status !== undefined && status !== "SUCCESS");
  if (nothing) return { page: [], nextToken: undefined };

  const identities = await selectIdentities(database, {
    after,
    contains,
    type,
    // If verification is assumed, the database does not store it.
    status: assumed ? undefined : status,
    expiredBefore: new Date(clock().getTime() - linkLifetime),
    // One extra row shows whether there is a next page.
    limit: size + 1,
  });
  const page = identities.slice(0, size);
  const last = page.at(-1);
  return { page, nextToken: identities.length > size && last ? encodeToken(kind, last.name) : undefined };
}

/** The names of the identities that may send: verified ones, and those covered by a verified domain. */
async function sendingEnabled(
  { database, proving }: ListServices,
  page: readonly EmailIdentity[],
  now: Date,
): Promise<Set<string>> {
  const pending = page.filter((identity) => !isCovered([identity], proving, now));
  const above = new Set(pending.flatMap(({ name }) => nearestNames(name).slice(1)));
  const domains = above.size > 0 ? await selectNearestIdentities(database, [...above]) : [];
  const verified = new Set(domains.filter((domain) => isCovered([domain], proving, now)).map(({ name }) => name));
  const uncovered = new Set(pending.filter(({ name }) => !nearestNames(name).some((domain) => verified.has(domain))));
  return new Set(page.filter((identity) => !uncovered.has(identity)).map(({ name }) => name));
}

/** Reads the filter, with SES's order and texts. A name is trimmed before its length is checked. */
function readFilter(filter: Input<"ListEmailIdentities">["Filter"]): IdentityFilter {
  const contains = filter?.IDENTITY_NAME_CONTAINS?.trim().toLowerCase() ?? "";
  if (filter?.IDENTITY_NAME_CONTAINS != null) {
    const length = [...contains].length;
    if (length < 3) throw errors.identityFilterTooShort();
    if (length > 320) throw errors.identityFilterTooLong();
  }
  const type = filter?.IDENTITY_TYPE;
  if (type != null && type !== "EMAIL_ADDRESS" && type !== "DOMAIN") throw errors.identityFilterType(type);
  const status = filter?.VERIFICATION_STATUS;
  // SES has a different error for this value.
  if (status === "NOT_STARTED") throw errors.identityFilterNotStarted();
  const known = statuses.find((name) => name === status);
  if (status != null && known === undefined) throw errors.identityFilterStatus(status);
  return { contains, type: type ?? undefined, status: known };
}
