/** Events on demand. See `docs/testing-faults.md`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { MessageEvent } from "../../admin-api/message.ts";
import { decodeEvents, encodeEvent } from "../../events/record.ts";
import { readAskedEvent } from "../../faults/event-input.ts";
import { type OnDemandServices, recordOnDemand } from "../../faults/event-on-demand.ts";
import { messageEvent } from "../../insights/message-event.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";

export interface MessageEventServices {
  onDemand: OnDemandServices;
  limitedTo: RequestScopes["limitedTo"];
}

type Recorded = MessageEvent & { recipient: string };
type ById = FastifyRequest<{ Params: { messageId: string } }>;

/** Adds `POST /messages/{messageId}/events` below the prefix. */
export function mountMessageEvents(app: FastifyInstance, prefix: string, services: MessageEventServices): void {
  app.post(`${prefix}/messages/:messageId/events`, async (request: ById, reply): Promise<Recorded | FastifyReply> => {
    new QueryParameters(request.raw.url ?? "").end();
    const { messageId } = request.params;
    const asked = readAskedEvent(request.body);
    const scope = await services.limitedTo(request);
    const event = await recordOnDemand(services.onDemand, { scope: scope?.id, messageId }, asked);
    const [row] = event ? decodeEvents(encodeEvent(event)) : [];
    if (!row) return refuse(reply, 404, "There is no message with this id.");
    reply.code(201).header("cache-control", "no-store");
    return { ...messageEvent(row), recipient: row.recipient };
  });
}
