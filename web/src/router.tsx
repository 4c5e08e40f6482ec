/** All pages by their path. A page's folder has its route (`route.ts`, loaded at once) and its content, loaded when shown. */
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { chosenScope, scopeNames } from "./api/scope.ts";
import { accountsRoute } from "./pages/accounts/route.ts";
import { alertsRoute } from "./pages/alerts/route.ts";
import { configurationSetRoutes } from "./pages/configuration-sets/route.ts";
import { contactRoutes } from "./pages/contacts/route.ts";
import { exportRoutes } from "./pages/exports/route.ts";
import { identityRoutes } from "./pages/identities/route.ts";
import { importRoutes } from "./pages/imports/route.ts";
import { messageRoutes } from "./pages/messages/route.ts";
import { mirrorRoutes } from "./pages/mirror/route.ts";
import { overviewRoute } from "./pages/overview/route.ts";
import { queueRoute } from "./pages/queue/route.ts";
import { startRoute } from "./pages/start/route.ts";
import { suppressionRoutes } from "./pages/suppression/route.ts";
import { templateRoutes } from "./pages/templates/route.ts";
import { tenantRoutes } from "./pages/tenants/route.ts";
import { pagesRoute, rootRoute, signInRoute } from "./root-route.tsx";
import { parseSearch, stringifySearch } from "./search-params.ts";
import { NotFound, PageError, PagePending } from "./shell/page-states.tsx";

const routeTree = rootRoute.addChildren([
  signInRoute,
  pagesRoute.addChildren([
    overviewRoute,
    ...messageRoutes,
    ...exportRoutes,
    ...importRoutes,
    queueRoute,
    alertsRoute,
    ...suppressionRoutes,
    ...contactRoutes,
    ...templateRoutes,
    ...identityRoutes,
    ...configurationSetRoutes,
    ...tenantRoutes,
    ...mirrorRoutes,
    accountsRoute,
    startRoute,
  ]),
]);

/** The router over a cache. */
export function createPageRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    // The account and region are not the pages' business: every address of the document has them.
    parseSearch: (text) => {
      const search = parseSearch(text);
      for (const name of scopeNames) delete search[name];
      return search;
    },
    stringifySearch: (search) => stringifySearch({ ...search, ...chosenScope }),
    defaultPreload: "intent",
    // What is old is the query cache's to say.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFound,
    defaultPendingComponent: PagePending,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
