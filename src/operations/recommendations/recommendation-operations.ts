import type { Handlers } from "../../contract/types.ts";
import { listRecommendations, type RecommendationServices } from "./list-recommendations.ts";

export function recommendationOperations(services: RecommendationServices) {
  return { ListRecommendations: listRecommendations(services) } satisfies Handlers;
}
