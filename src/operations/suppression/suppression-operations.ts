import type { Handlers } from "../../contract/types.ts";
import { deleteSuppressedDestination } from "./delete-suppressed-destination.ts";
import { getSuppressedDestination } from "./get-suppressed-destination.ts";
import { listSuppressedDestinations } from "./list-suppressed-destinations.ts";
import { putSuppressedDestination } from "./put-suppressed-destination.ts";
import type { SuppressionServices } from "./suppression-services.ts";

export function suppressionOperations(services: SuppressionServices) {
  return {
    DeleteSuppressedDestination: deleteSuppressedDestination(services),
    GetSuppressedDestination: getSuppressedDestination(services),
    ListSuppressedDestinations: listSuppressedDestinations(services),
    PutSuppressedDestination: putSuppressedDestination(services),
  } satisfies Handlers;
}
