/** The error responses of the testing API. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { MailGone } from "../../inbox/inbox-message.ts";
import { PatternError } from "../../inbox/text-pattern.ts";
import { answerFault } from "../admin/faults.ts";
import { refuse } from "../files/signed-file.ts";
import { TooManyWaits } from "./open-waits.ts";

/** As the admin API answers, with the errors of the inbox. Rethrows unknown errors for the application's handler. */
export function answerTestingFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof PatternError) return refuse(reply, 400, error.message);
  if (error instanceof MailGone) return refuse(reply, 404, error.message);
  if (error instanceof TooManyWaits) return refuse(reply.header("retry-after", "1"), 503, error.message);
  return answerFault(error, request, reply);
}
