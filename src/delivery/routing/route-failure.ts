/** Failures that occur before there is a server to connect to. */
import type { Failure } from "../transport.ts";

/** A failure of the whole domain or host. It is permanent if `status` is 5.x.x. */
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
