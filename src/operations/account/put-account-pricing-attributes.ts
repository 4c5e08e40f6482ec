import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";

/** PutAccountPricingAttributes: NONE is what every account has; a plan would promise what it pays for in SES. */
export const putAccountPricingAttributes: Handler<"PutAccountPricingAttributes"> = async ({ Plan = "" }) => {
  if (Plan !== "NONE") throw errors.pricingPlan(Plan);
  return {};
};
