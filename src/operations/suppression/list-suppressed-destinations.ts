import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { selectSuppressedDestinations } from "../../stores/postgres/suppressed-destinations.ts";
import { decodeToken, encodeToken } from "../page-token.ts";
import { checkList, listOf } from "./suppression-list.ts";

/** SES's default, as seen in aws/aws-cli#7859; using it as the maximum, too, is our choice. */
const MAX_PAGE_SIZE = 1000;

/**
 * ListSuppressedDestinations: ordered by the bytes of the addresses, so that changes between pages neither repeat nor
 * hide addresses. Lists from StartDate (inclusive) to EndDate (exclusive), so that adjacent intervals do not overlap. A
 * token is valid for the same filter only.
 */
export function listSuppressedDestinations(services: {
  database: ScopedDatabase;
}): Handler<"ListSuppressedDestinations"> {
  return async (input) => {
    const tenant = listOf(input.TenantName);
    const size = input.PageSize ?? MAX_PAGE_SIZE;
    if (size < 1 || size > MAX_PAGE_SIZE) throw errors.suppressionPageSize(MAX_PAGE_SIZE);
    // An empty list of reasons means no filter, because a query string can't distinguish the two.
    const reasons = input.Reasons?.length ? [...new Set(input.Reasons)].sort() : undefined;
    const { StartDate: from, EndDate: before } = input;
    await checkList(services.database, tenant);
    const filter = [tenant, reasons ?? null, from?.getTime() ?? null, before?.getTime() ?? null];
    const kind = `suppressed-destinations ${JSON.stringify(filter)}`;
    const after = input.NextToken ? decodeToken(kind, input.NextToken) : "";
    if (after === undefined) throw errors.suppressionToken();

    // One extra row shows whether there is a next page.
    const found = await selectSuppressedDestinations(services.database, {
      tenant,
      reasons,
      from,
      before,
      after,
      limit: size + 1,
    });
    const page = found.slice(0, size);
    const last = page.at(-1);
    return {
      SuppressedDestinationSummaries: page.map(({ address, reason, updatedAt }) => ({
        EmailAddress: address,
        Reason: reason,
        LastUpdateTime: updatedAt,
      })),
      NextToken: found.length > size && last ? encodeToken(kind, last.address) : undefined,
    };
  };
}
