/** The first page. Who comes to a server that has sent nothing yet is shown how to begin instead. */
import { queryOptions } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { searchMessages } from "../../api/admin.ts";
import { pagesRoute } from "../../root-route.tsx";

const anyMessageQuery = queryOptions({
  queryKey: ["messages", "any"],
  queryFn: async ({ signal }) => (await searchMessages({ limit: 1 }, signal)).messages.length > 0,
});

let arrived = false;

export const overviewRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/",
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
