import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";

/** DeleteMultiRegionEndpoint: none exists. */
export const deleteMultiRegionEndpoint: Handler<"DeleteMultiRegionEndpoint"> = async ({ EndpointName = "" }) => {
  throw errors.multiRegionEndpointNotFound(EndpointName);
};
