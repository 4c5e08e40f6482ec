/** Searches and counts messages through the admin API. See `docs/admin-api.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Scopes } from "../../accounts/scopes.ts";
import type { MessageCount, MessagePage, MessageRow } from "../../admin-api/message-search.ts";
import type { MessageIdPrefixes } from "../../events/message-id-prefixes.ts";
import { deliveryKinds, engagementKinds, type ShownKinds } from "../../events/message-state.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { EventReader } from "../../insights/event-reader.ts";
import { waitUntilRecorded } from "../../insights/fresh.ts";
import { parseTag, type SearchFilters } from "../../insights/message-filters.ts";
import { countMessages, type FoundMessage, type MessageKey, searchMessages } from "../../insights/message-search.ts";
import { parseWildcard, WildcardError } from "../../jobs/exports/message-filters.ts";
import { decodeToken, encodeToken } from "../../operations/page-token.ts";
import { QueryError, QueryParameters } from "../query-parameters.ts";
import type { RequestScopes } from "../request-scope.ts";
import { goneSignal } from "./faults.ts";

export interface AdminMessageSearchServices {
  limitedTo: RequestScopes["limitedTo"];
  scopeById: Scopes["byId"];
  reader: EventReader;
  shown: ShownKinds;
  recorder: Recorder;
  prefixes: Pick<MessageIdPrefixes, "all">;
  clock: () => Date;
}

const defaultLimit = 50;
const largestLimit = 200;

export function mountAdminMessageSearch(admin: FastifyInstance, services: AdminMessageSearchServices): void {
  const { reader } = services;
  const route = { exposeHeadRoute: false };

  admin.get("/admin/messages", route, async (request, reply): Promise<MessagePage> => {
    reply.header("cache-control", "no-store");
    const query = new QueryParameters(request.raw.url ?? "");
    const limit = query.integer("limit", 1, largestLimit) ?? defaultLimit;
    const cursor = query.text("cursor");
    const filters = readFilters(query);
    query.end();
    const shown = { ...services.shown, scope: (await services.limitedTo(request))?.id };
    const kind = `messages/${shown.scope ?? "all"}/${JSON.stringify(filters)}`;
    const after = cursor === undefined ? undefined : readCursor(kind, cursor);
    // Later pages contain older mail, which is already recorded.
    const fresh = after ? {} : await waitUntilRecorded(services.recorder);
    // One more row than requested shows whether there is a next page.
    const page = { after, limit: limit + 1, now: services.clock(), signal: goneSignal(reply) };
    const found = await searchMessages({ reader, shown, prefixes: await services.prefixes.all() }, filters, page);
    const messages = found.slice(0, limit);
    const last = found.length > limit ? messages.at(-1) : undefined;
    return {
      messages: await Promise.all(messages.map(shownRow)),
      ...(last && { next: encodeToken(kind, positionOf(last)) }),
      ...fresh,
    };
  });

  admin.get("/admin/messages/count", route, async (request, reply): Promise<MessageCount> => {
    reply.header("cache-control", "no-store");
    const filters = readOnly(request);
    const fresh = await waitUntilRecorded(services.recorder);
    const shown = { ...services.shown, scope: (await services.limitedTo(request))?.id };
    return { count: await countMessages({ reader, shown }, filters, goneSignal(reply)), ...fresh };
  });

  async function shownRow({ scope, ...row }: FoundMessage): Promise<MessageRow> {
    if (scope === undefined) return row;
    const { accountId: account, region } = await services.scopeById(scope);
    return { ...row, account, region };
  }
}

function readOnly(request: FastifyRequest): SearchFilters {
  const query = new QueryParameters(request.raw.url ?? "");
  const filters = readFilters(query);
  query.end();
  return filters;
}

function readFilters(query: QueryParameters): SearchFilters {
  return {
    recipient: readPattern(query, "recipient"),
    sender: readPattern(query, "sender"),
    subject: readPattern(query, "subject"),
    messageId: query.text("messageId"),
    isps: query.texts("isp"),
    lastDelivery: query.choices("lastDelivery", deliveryKinds),
    lastEngagement: query.choices("lastEngagement", engagementKinds),
    tags: query.texts("tag").map((text) => {
      const tag = parseTag(text);
      if (!tag) throw new QueryError("The parameter tag must be name:value.");
      return tag;
    }),
    configurationSet: query.text("configurationSet"),
    identity: query.text("identity"),
    tenant: query.text("tenant"),
    from: query.instant("from"),
    to: query.instant("to"),
  };
}

function readPattern(query: QueryParameters, name: string): string | undefined {
  const pattern = query.text(name);
  if (pattern === undefined) return undefined;
  try {
    parseWildcard(pattern);
    return pattern;
  } catch (error) {
    if (!(error instanceof WildcardError)) throw error;
    throw new QueryError(`In the parameter ${name} a * may stand first and last only; \\* is the character itself.`);
  }
}

/** An ID contains no space, so the first space separates it from the address. */
function positionOf({ messageId, recipient }: MessageKey): string {
  return `${messageId} ${recipient}`;
}

function readCursor(kind: string, cursor: string): MessageKey {
  const position = decodeToken(kind, cursor);
  const space = position?.indexOf(" ") ?? -1;
  if (position === undefined || space < 0) {
    throw new QueryError("The cursor is not one of this search: take the next of a page with the same filters.");
  }
  return { messageId: position.slice(0, space), recipient: position.slice(space + 1) };
}
