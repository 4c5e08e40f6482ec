/** Export jobs, and the form for a new one: `/exports/new` takes the search of the messages page as it is. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";
import { messageFiltersIn } from "../messages/filters-in-url.ts";

/** What a new export begins with: `<Link to="/exports/new" search={filters}>` exports what a search finds. */
export interface NewExportSearch extends MessageFilters {
  /** `messages` unless given. */
  source?: "messages" | "metrics" | undefined;
  /** The id of an export job to begin with instead of filters. */
  like?: string | undefined;
}

const exportsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/exports",
  component: lazyRouteComponent(() => import("./index.tsx"), "ExportsPage"),
});

const newExportRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/exports/new",
  validateSearch: (search: RawSearch): NewExportSearch => ({
    ...messageFiltersIn(search),
    source: choiceIn(search, "source", ["messages", "metrics"]),
    like: textIn(search, "like"),
  }),
  component: lazyRouteComponent(() => import("./new-export.tsx"), "NewExportPage"),
});

export const exportRoutes = [exportsRoute, newExportRoute] as const;
