/** The error responses of the admin API. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { AccessKeyError } from "../../access/access-keys.ts";
import { AccountError } from "../../accounts/accounts.ts";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { DedicatedIpError } from "../../dedicated-ips/dedicated-ip-error.ts";
import { SeedMailboxError } from "../../deliverability/seed-mailbox-error.ts";
import { FaultError } from "../../faults/fault-error.ts";
import { TooManyQueries } from "../../insights/event-reader.ts";
import { UnreadableMail } from "../../insights/mail-content.ts";
import { ForgetError } from "../../jobs/forget/forget.ts";
import { SmimeError } from "../../mail/smime/smime-error.ts";
import { MirrorError } from "../../mirror/mirror-error.ts";
import { WebhookError } from "../../publishing/webhooks/webhook-error.ts";
import { SimulationError } from "../../simulation/options.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryError } from "../query-parameters.ts";
import { accountErrorStatus } from "./accounts.ts";

class ClientGone extends Error {
  override name = "ClientGone";
}

/** A signal that aborts if the connection closes before the response is complete. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new ClientGone("the client is gone"));
  });
  return gone.signal;
}

/** The error handler of the admin API. Rethrows unknown errors for the application's handler. */
export function answerFault(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ServiceError && error.status === 413) {
    return refuse(reply, 413, "The body is larger than it may be here.");
  }
  if (error instanceof ServiceError && error.status === 415) return refuse(reply, 415, "The body must be JSON.");
  if (error instanceof QueryError || error instanceof SimulationError || error instanceof AccessKeyError) {
    return refuse(reply, 400, error.message);
  }
  if (error instanceof FaultError || error instanceof ForgetError || error instanceof SmimeError)
    return refuse(reply, 400, error.message);
  if (error instanceof AccountError) return refuse(reply, accountErrorStatus(error), error.message);
  if (error instanceof SeedMailboxError) return refuse(reply, error.status, error.message);
  if (error instanceof DedicatedIpError) return refuse(reply, error.status, error.message);
  if (error instanceof MirrorError) return refuse(reply, error.status, error.message);
  if (error instanceof WebhookError) return refuse(reply, error.status, error.message);
  if (error instanceof TooManyQueries) {
    reply.header("retry-after", "5");
    return refuse(reply, 503, "Too many searches wait for an answer. Try again in a few seconds.");
  }
  if (error instanceof UnreadableMail) {
    return refuse(reply, 422, `The mail can't be read as MIME (${error.message}); its source can.`);
  }
  // No client receives this response; without it the application would log an error.
  if (error instanceof ClientGone) return refuse(reply, 503, error.message);
  throw error;
}
