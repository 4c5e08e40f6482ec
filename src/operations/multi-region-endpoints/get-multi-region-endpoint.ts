import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";

/** GetMultiRegionEndpoint: none exists. */
export const getMultiRegionEndpoint: Handler<"GetMultiRegionEndpoint"> = async ({ EndpointName = "" }) => {
  throw errors.multiRegionEndpointNotFound(EndpointName);
};
