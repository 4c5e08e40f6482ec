import type { Handlers } from "../../contract/types.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteSuppressedDestination } from "./delete-suppressed-destination.ts";
import { getSuppressedDestination } from "./get-suppressed-destination.ts";
import { listSuppressedDestinations } from "./list-suppressed-destinations.ts";
import { putSuppressedDestination } from "./put-suppressed-destination.ts";

export function suppressionOperations(services: { database: Database }) {
  return {
    DeleteSuppressedDestination: deleteSuppressedDestination(services),
    GetSuppressedDestination: getSuppressedDestination(services),
    ListSuppressedDestinations: listSuppressedDestinations(services),
    PutSuppressedDestination: putSuppressedDestination(services),
  } satisfies Handlers;
}
