/** Import jobs, and the form for a new one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";

/** What a new import begins with. */
export interface NewImportSearch {
  action?: "PUT" | "DELETE" | undefined;
  /** A contact list; the suppression list where there is none. */
  list?: string | undefined;
}

const importsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/imports",
  component: lazyRouteComponent(() => import("./index.tsx"), "ImportsPage"),
});

const newImportRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/imports/new",
  validateSearch: (search: RawSearch): NewImportSearch => ({
    action: choiceIn(search, "action", ["PUT", "DELETE"]),
    list: textIn(search, "list"),
  }),
  component: lazyRouteComponent(() => import("./new-import.tsx"), "NewImportPage"),
});

export const importRoutes = [importsRoute, newImportRoute] as const;
