import type { Handlers } from "../../contract/types.ts";
import { createMultiRegionEndpoint } from "./create-multi-region-endpoint.ts";
import { deleteMultiRegionEndpoint } from "./delete-multi-region-endpoint.ts";
import { getMultiRegionEndpoint } from "./get-multi-region-endpoint.ts";
import { listMultiRegionEndpoints } from "./list-multi-region-endpoints.ts";

/** Requests are checked as in SES, and then answered as on an account without multi-region endpoints. */
export const multiRegionEndpointOperations = {
  CreateMultiRegionEndpoint: createMultiRegionEndpoint,
  DeleteMultiRegionEndpoint: deleteMultiRegionEndpoint,
  GetMultiRegionEndpoint: getMultiRegionEndpoint,
  ListMultiRegionEndpoints: listMultiRegionEndpoints,
} satisfies Handlers;
