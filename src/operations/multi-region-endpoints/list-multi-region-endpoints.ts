import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";

/** ListMultiRegionEndpoints: none exists. No page has a token, so none is valid. */
export const listMultiRegionEndpoints: Handler<"ListMultiRegionEndpoints"> = async ({ NextToken }) => {
  if (NextToken !== undefined) throw errors.multiRegionEndpointToken();
  return { MultiRegionEndpoints: [] };
};
