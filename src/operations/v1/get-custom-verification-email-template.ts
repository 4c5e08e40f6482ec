import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { getCustomVerificationEmailTemplate as getInV2 } from "../custom-verification/get-custom-verification-email-template.ts";

/** GetCustomVerificationEmailTemplate: returns the parts as they were given. */
export function getCustomVerificationEmailTemplate(services: {
  database: ScopedQueryable;
}): Handler<"GetCustomVerificationEmailTemplate"> {
  const get = getInV2(services);
  return async (input, context) => {
    const { Tags: _, ...template } = await get(input, context);
    return template;
  };
}
