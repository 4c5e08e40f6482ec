import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectTests } from "../../stores/postgres/deliverability-tests.ts";
import { decodeToken, kindInScope } from "../page-token.ts";
import { readPage } from "../read-page.ts";
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
    const { page, NextToken } = await readPage(
      kind,
      size,
      (limit) => selectTests(database, { before: position, limit }),
      (test) => String(test.position),
    );
    return { DeliverabilityTestReports: page.map(describeTest), NextToken };
  };
}
