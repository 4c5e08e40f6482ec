/** The suppression list; what is looked for is in the URL. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, instantIn, type RawSearch, textIn } from "../../search-params.ts";

export interface SuppressionSearch {
  /** A whole address: SES knows no other search. The other filters count without it. */
  address?: string | undefined;
  reason?: "BOUNCE" | "COMPLAINT" | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const suppressionRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/suppression",
  validateSearch: (search: RawSearch): SuppressionSearch => ({
    address: textIn(search, "address"),
    reason: choiceIn(search, "reason", ["BOUNCE", "COMPLAINT"]),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
  }),
  component: lazyRouteComponent(() => import("./index.tsx"), "SuppressionPage"),
});

export const suppressionRoutes = [suppressionRoute] as const;
