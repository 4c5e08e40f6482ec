import type { Handler } from "../../contract/v1/types.ts";
import { type ListServices, maxIdentityPage, readIdentities } from "../identities/list-email-identities.ts";

/** ListVerifiedEmailAddresses (deprecated): all addresses that are verified; it has no pages. */
export function listVerifiedEmailAddresses(services: ListServices): Handler<"ListVerifiedEmailAddresses"> {
  const filter = { contains: "", type: "EMAIL_ADDRESS", status: "SUCCESS" } as const;
  return async () => {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const { page, nextToken } = await readIdentities(services, filter, maxIdentityPage, token);
      names.push(...page.map(({ name }) => name));
      token = nextToken;
    } while (token !== undefined);
    return { VerifiedEmailAddresses: names };
  };
}
