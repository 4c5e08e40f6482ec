import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectTests } from "../../stores/postgres/deliverability-tests.ts";
import { decodeToken, encodeToken, kindInScope } from "../page-token.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";
import { pageSizeOf } from "./page-size.ts";
import { describeTest } from "./report-shape.ts";

/** ListDeliverabilityTestReports: newest first. */
export function listDeliverabilityTestReports({
  database,
}: Pick<DeliverabilityServices, "database">): Handler<"ListDeliverabilityTestReports"> {
  const kind = kindInScope("deliverability-test-reports", database.scope);
  return async ({ PageSize, NextToken: token }) => {
    const size = pageSizeOf(PageSize);
    const position = token === undefined ? undefined : Number(decodeToken(kind, token) ?? Number.NaN);
    if (position !== undefined && !Number.isSafeInteger(position)) throw errors.deliverabilityToken();
    // One extra row shows whether there is a next page.
    const tests = await selectTests(database, { before: position, limit: size + 1 });
    const page = tests.slice(0, size);
    const last = page.at(-1);
    return {
      DeliverabilityTestReports: page.map(describeTest),
      NextToken: tests.length > size && last ? encodeToken(kind, String(last.position)) : undefined,
    };
  };
}
