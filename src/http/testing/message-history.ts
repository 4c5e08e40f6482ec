/** The events of a message for test suites, which can wait for one. See `docs/testing-api.md`. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { MessageEvent, MessageEventType } from "../../admin-api/message.ts";
import { type EventWaitServices, isOf, waitForEvent } from "../../events/wait-for-event.ts";
import { messageEvent } from "../../insights/message-event.ts";
import { mailEventTypes } from "../../publishing/published-event.ts";
import type { EventRow } from "../../stores/clickhouse/events.ts";
import { refuse } from "../files/signed-file.ts";
import { QueryParameters } from "../query-parameters.ts";
import { readTimeout } from "./message-query.ts";
import type { OpenWaits } from "./open-waits.ts";
import type { TestingScope } from "./testing-scope.ts";

export interface TestingHistoryServices extends EventWaitServices {
  testingScope: TestingScope;
  waits: OpenWaits;
}

interface Route {
  Params: { messageId: string };
}

type RecipientEvent = MessageEvent & { recipient: string };

/** Adds `GET /testing/messages/{messageId}/events`. */
export function mountTestingHistory(app: FastifyInstance, services: TestingHistoryServices): void {
  const { history, testingScope, waits } = services;
  const route = { exposeHeadRoute: false };

  app.get<Route>("/testing/messages/:messageId/events", route, async (request, reply) => {
    const { messageId } = request.params;
    const query = new QueryParameters(request.raw.url ?? "");
    const type = query.choice("until", mailEventTypes);
    const recipient = query.text("recipient");
    const seconds = readTimeout(query);
    const scope = await testingScope(request, query);
    query.end();
    const known = await history(messageId, scope);
    if (known.length === 0) return refuse(reply, 404, "There is no message with this ID.");
    if (type === undefined) return { events: shown(known, recipient) };
    return waits.run(reply, seconds, async ({ late, gone }): Promise<FastifyReply | { events: RecipientEvent[] }> => {
      const { events, found } = await waitForEvent(
        services,
        { messageId, scope, type, recipient },
        AbortSignal.any([late, gone]),
      );
      if (found) return { events: shown(events, recipient) };
      if (gone.reason === "stopping") return refuse(reply, 503, "The server is stopping.");
      const told = shown(events, recipient);
      return reply.code(404).send({ message: failure(type, recipient, seconds, told), events: told });
    });
  });
}

function shown(events: readonly EventRow[], recipient: string | undefined): RecipientEvent[] {
  return events
    .filter((event) => isOf(event, recipient))
    .map((event) => ({ ...messageEvent(event), recipient: event.recipient }));
}

function failure(
  type: MessageEventType,
  recipient: string | undefined,
  seconds: number,
  events: readonly RecipientEvent[],
): string {
  const whose = recipient === undefined ? "" : ` for ${recipient}`;
  const happened = events.map((event) => `${event.type} (${event.recipient})`).join(", ");
  return `No ${type}${whose} happened within ${seconds} s. The message has ${happened === "" ? "no events" : `these events: ${happened}`}.`;
}
