import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { listCustomVerificationEmailTemplates as listInV2 } from "../custom-verification/list-custom-verification-email-templates.ts";

/** ListCustomVerificationEmailTemplates, by name. */
export function listCustomVerificationEmailTemplates(services: {
  database: ScopedQueryable;
}): Handler<"ListCustomVerificationEmailTemplates"> {
  const list = listInV2(services);
  return async ({ MaxResults, NextToken }, context) => list({ PageSize: MaxResults, NextToken }, context);
}
