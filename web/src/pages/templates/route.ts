/** Email templates, and the editor of one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { type RawSearch, textIn } from "../../search-params.ts";

const templatesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/templates",
  component: lazyRouteComponent(() => import("./index.tsx"), "TemplatesPage"),
});

/** A template's name may hold a slash: it is in the query. */
const templateRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/templates/edit",
  validateSearch: (search: RawSearch): { name?: string | undefined } => ({ name: textIn(search, "name") }),
  component: lazyRouteComponent(() => import("./template-page.tsx"), "TemplatePage"),
});

export const templateRoutes = [templatesRoute, templateRoute] as const;
