import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { checkTags } from "../tags.ts";

/**
 * CreateMultiRegionEndpoint: always refused, because SES divides the mail of an endpoint between two regions and moves it
 * when one of them is impaired. All regions of this server run in the same processes, so there is nothing to divide. What
 * is wrong with the request is reported first.
 */
export const createMultiRegionEndpoint: Handler<"CreateMultiRegionEndpoint"> = async (input) => {
  const { EndpointName = "", Details, Tags } = input;
  if (Details?.RoutesDetails?.length !== 1) throw errors.multiRegionRoutes();
  checkTags(Tags);
  throw errors.multiRegionEndpointRefused(EndpointName);
};
