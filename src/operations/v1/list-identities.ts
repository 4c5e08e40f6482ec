import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/v1/types.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";
import { type ListServices, maxIdentityPage, readIdentities } from "../identities/list-email-identities.ts";

const types: ReadonlyMap<string | undefined, EmailIdentity["type"]> = new Map([
  ["EmailAddress", "EMAIL_ADDRESS"],
  ["Domain", "DOMAIN"],
]);

/** ListIdentities: the names, in the order of v2. Without MaxItems, a page is as long as it may be. */
export function listIdentities(services: ListServices): Handler<"ListIdentities"> {
  return async (input) => {
    const size = input.MaxItems ?? maxIdentityPage;
    if (size < 1 || size > maxIdentityPage) throw errors.identityMaxItems(size);
    const filter = { contains: "", type: types.get(input.IdentityType), status: undefined };
    const { page, nextToken } = await readIdentities(services, filter, size, input.NextToken);
    return { Identities: page.map(({ name }) => name), NextToken: nextToken };
  };
}
