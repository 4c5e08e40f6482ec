/** How to begin. The language is in the URL, so that a link can name it. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, type RawSearch } from "../../search-params.ts";
import { type Language, languages } from "./languages.ts";

export const startRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/start",
  validateSearch: (search: RawSearch): { language?: Language | undefined } => ({
    language: choiceIn(search, "language", languages),
  }),
  component: lazyRouteComponent(() => import("./index.tsx"), "StartPage"),
});
