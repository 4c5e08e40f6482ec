/** The first page. Who comes to a server that has sent nothing yet is shown how to begin instead. */
import { queryOptions } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { searchMessages } from "../../api/admin.ts";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, instantIn, type RawSearch, textIn } from "../../search-params.ts";
import type { OverviewSearch } from "./overview-search.ts";
import { ranges } from "./period-choice.ts";

const anyMessageQuery = queryOptions({
  queryKey: ["messages", "any"],
  queryFn: async ({ signal }) => (await searchMessages({ limit: 1 }, signal)).messages.length > 0,
});

const rangeNames = ranges.map(({ name }) => name);
let arrived = false;

export const overviewRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/",
  validateSearch: (search: RawSearch): OverviewSearch => ({
    range: choiceIn(search, "range", rangeNames),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
    by: choiceIn(search, "by", ["isp", "identity", "configurationSet", "tenant"]),
    tenant: textIn(search, "tenant"),
  }),
  beforeLoad: async ({ context, preload }) => {
    // Only who opens the dashboard: the overview itself can still be gone to.
    if (arrived || preload) return;
    arrived = true;
    // Where it can't be known, the overview says why.
    const any = await context.queryClient.fetchQuery(anyMessageQuery).catch(() => true);
    if (!any) throw redirect({ to: "/start", replace: true });
  },
  component: lazyRouteComponent(() => import("./index.tsx"), "OverviewPage"),
});
