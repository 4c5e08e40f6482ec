import { errors } from "../../contract/errors.ts";

/**
 * Checks the EndpointId of a request to send. Throws a bad request if there is one: the mail is meant for a multi-region
 * endpoint, and none exists.
 */
export function refuseEndpoint({ EndpointId }: { EndpointId?: string | undefined }): void {
  if (EndpointId !== undefined) throw errors.endpointUnknown(EndpointId);
}
