import type { Handlers } from "../../contract/types.ts";
import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { deleteSuppressedDestination } from "./delete-suppressed-destination.ts";
import { getSuppressedDestination } from "./get-suppressed-destination.ts";
import { listSuppressedDestinations } from "./list-suppressed-destinations.ts";
import { putSuppressedDestination } from "./put-suppressed-destination.ts";

export interface SuppressionServices {
  database: Database;
  accountEvents: PublishingFeed["accountEvents"];
}

export function suppressionOperations(services: SuppressionServices) {
  return {
    DeleteSuppressedDestination: deleteSuppressedDestination(services),
    GetSuppressedDestination: getSuppressedDestination(services),
    ListSuppressedDestinations: listSuppressedDestinations(services),
    PutSuppressedDestination: putSuppressedDestination(services),
  } satisfies Handlers;
}
