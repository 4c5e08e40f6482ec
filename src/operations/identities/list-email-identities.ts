import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";
import { selectIdentities } from "../../stores/postgres/identities.ts";
import { decodeToken, encodeToken } from "../page-token.ts";
import { VERIFICATION_STATUS } from "./identity-status.ts";

const DEFAULT_PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 1000;

interface IdentityFilter {
  /** In lower case; empty for all. */
  contains: string;
  type: EmailIdentity["type"] | undefined;
  status: string | undefined;
}

/**
 * ListEmailIdentities: in the order of the names' bytes, so that an identity made or deleted meanwhile neither repeats
 * nor hides another. SES checks the page size, the filter, then the token, which is good for the same filter only.
 */
export function listEmailIdentities(services: { database: Queryable }): Handler<"ListEmailIdentities"> {
  return async (input) => {
    const size = input.PageSize ?? DEFAULT_PAGE_SIZE;
    if (size < 1 || size > MAX_PAGE_SIZE) throw errors.identityPageSize(size);
    const { contains, type, status } = readFilter(input.Filter);
    const filtered = contains !== "" || type !== undefined || status !== undefined;
    const kind = `email-identities ${JSON.stringify([contains, type ?? null, status ?? null])}`;
    const after = input.NextToken ? decodeToken(kind, input.NextToken) : "";
    if (after === undefined) {
      throw filtered ? errors.identityTokenOfOtherFilter() : errors.identityToken(input.NextToken ?? "");
    }
    // Names are ASCII; the database refuses some of what isn't, such as NUL.
    const nothing = !/^[ -~]*$/.test(contains) || (status !== undefined && status !== VERIFICATION_STATUS);
    if (nothing) return { EmailIdentities: [] };

    // One more than asked for tells whether there is a next page.
    const identities = await selectIdentities(services.database, { after, contains, type, limit: size + 1 });
    const page = identities.slice(0, size);
    const last = page.at(-1);
    return {
      EmailIdentities: page.map((identity) => ({
        IdentityType: identity.type,
        IdentityName: identity.name,
        SendingEnabled: true,
        VerificationStatus: VERIFICATION_STATUS,
      })),
      NextToken: identities.length > size && last ? encodeToken(kind, last.name) : undefined,
    };
  };
}

/** Reads the filter in SES's order and words. A name is trimmed before it is measured. */
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
  // SES names this one in another way.
  if (status === "NOT_STARTED") throw errors.identityFilterNotStarted();
  if (status != null && !["SUCCESS", "PENDING", "FAILED", "TEMPORARY_FAILURE"].includes(status)) {
    throw errors.identityFilterStatus(status);
  }
  return { contains, type: type ?? undefined, status: status ?? undefined };
}
