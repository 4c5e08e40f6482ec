/** The routes that all others hang on: the root, and below it what only those see who may use the server. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { isIn, sessionQuery } from "./api/session.ts";
import { Shell } from "./shell/shell.tsx";

/** What every route may use. */
export interface RouterContext {
  readonly queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet });

/** The parent of all pages: header, navigation, and the check that one is signed in where that is required. */
export const pagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "pages",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.fetchQuery(sessionQuery);
    if (!isIn(session)) throw redirect({ to: "/sign-in", search: { to: location.href }, replace: true });
  },
});

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: ({ to }: Record<string, unknown>): { to?: string | undefined } => ({ to: pathIn(to) }),
  component: lazyRouteComponent(() => import("./pages/sign-in/index.tsx"), "SignInPage"),
});

/** A path of this server; nothing that could lead elsewhere. */
function pathIn(value: unknown): string | undefined {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;
}
