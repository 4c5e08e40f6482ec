/** What the server says of itself. */
import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./request.ts";

/** The answer of `GET /health`. */
export interface ServerState {
  /** The AWS region that clients must name. */
  readonly region: string;
  /** What becomes of mail; `capture`: it is kept, and nothing leaves. */
  readonly delivery: "capture" | "relay" | "mx";
  /** Whether only verified identities may send. */
  readonly identityVerification: "off" | "required";
}

/** It does not change while the server runs. */
export const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => requestJson<ServerState>("GET", "/health", { signal }),
  staleTime: 300_000,
});
