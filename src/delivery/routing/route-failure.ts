/** Failures before there is a server to talk to. */
import type { Failure } from "../transport.ts";

/** One for the whole domain or host; the status says whether it is for good. */
export function routeFailure(status: string, message: string): Failure {
  return {
    stage: "route",
    permanent: status.startsWith("5"),
    reply: undefined,
    message,
    status,
    host: undefined,
    affectsDomain: true,
  };
}
