/** Who is signed in, and signing in and out. */
import { queryOptions } from "@tanstack/react-query";
import type { SessionState, SignIn } from "../../../src/admin-api/session.ts";
import { request, requestJson, setCsrfToken } from "./request.ts";

/** The session of this browser. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => remember(await requestJson<SessionState>("GET", "/session", { signal })),
  staleTime: 60_000,
});

/** Whether the pages can be used as things are. */
export function isIn({ required, signedInAs }: SessionState): boolean {
  return !required || signedInAs !== undefined;
}

/** Signs in with an access key. Rejects with an `ApiError` whose message says why not. */
export async function signIn(key: SignIn): Promise<SessionState> {
  return remember(await requestJson<SessionState>("POST", "/session", { json: key }));
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await request("DELETE", "/session");
  setCsrfToken(undefined);
}

function remember(state: SessionState): SessionState {
  setCsrfToken(state.csrf);
  return state;
}
