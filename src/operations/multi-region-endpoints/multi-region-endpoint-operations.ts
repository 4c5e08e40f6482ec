/**
 * Multi-region endpoints, which Mailglass doesn't have: SES divides their mail between two regions, and moves it when one
 * of them is impaired. All regions of this server run in the same processes, so there is nothing to divide. Requests are
 * checked as for real ones, and then answered as if none had been created.
 */
import { errors } from "../../contract/errors.ts";
import type { Handlers } from "../../contract/types.ts";
import { checkTags } from "../tags.ts";

export function multiRegionEndpointOperations() {
  return {
    /** Always refused. The model's constraints, of the name and the routes, have been checked before. */
    async CreateMultiRegionEndpoint({ EndpointName = "", Tags }) {
      checkTags(Tags);
      throw errors.multiRegionEndpointRefused(EndpointName);
    },
    async DeleteMultiRegionEndpoint({ EndpointName = "" }) {
      throw errors.multiRegionEndpointNotFound(EndpointName);
    },
    async GetMultiRegionEndpoint({ EndpointName = "" }) {
      throw errors.multiRegionEndpointNotFound(EndpointName);
    },
    /** No page has a token, so none is valid. */
    async ListMultiRegionEndpoints({ NextToken }) {
      if (NextToken !== undefined) throw errors.multiRegionEndpointToken();
      return { MultiRegionEndpoints: [] };
    },
  } satisfies Handlers;
}

/**
 * Checks the EndpointId of a request to send. Throws a bad request if there is one: the mail is meant for an endpoint
 * that doesn't exist.
 */
export function refuseEndpoint({ EndpointId }: { EndpointId?: string | undefined }): void {
  if (EndpointId !== undefined) throw errors.endpointUnknown(EndpointId);
}
