/** Mailpit's lists: `/api/v1/messages` and `/api/v1/search`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { searchParameters } from "../../query-parameters.ts";
import type { RequestScopes } from "../../request-scope.ts";
import { type Mailbox, type MarkedEntry, mostMessages, statsOf } from "./mailbox.ts";
import { type MessageSummary, messageSummary, searched } from "./message-json.ts";
import { bodyMembers, MailpitRequestError, textIn, textsIn } from "./request-body.ts";
import { parseDate } from "./search-date.ts";
import { type MailSearch, parseSearch } from "./search-query.ts";

export interface MessagesSummary {
  /** Of the whole mailbox. */
  total: number;
  unread: number;
  /** In this page. */
  count: number;
  /** Of those that match. */
  messages_count: number;
  messages_unread: number;
  start: number;
  tags: string[];
  messages: MessageSummary[];
}

export interface MailpitListServices {
  mailbox: Mailbox;
  limitedTo: RequestScopes["limitedTo"];
}

export function mountMailpitLists(app: FastifyInstance, { mailbox, limitedTo }: MailpitListServices): void {
  app.get("/api/v1/messages", async (request): Promise<MessagesSummary> => {
    const all = await mailbox.all((await limitedTo(request))?.id);
    // Everything with 0, but only here.
    return summary(all, all, pageOf(request, mostMessages));
  });

  app.get("/api/v1/search", async (request): Promise<MessagesSummary> => {
    const search = searchOf(request);
    const all = await mailbox.all((await limitedTo(request))?.id);
    return summary(all, all.filter(matches(search)), pageOf(request, 0));
  });

  app.put("/api/v1/messages", async (request, reply) => {
    const members = bodyMembers(request.body);
    const read = members.get("read") ?? false;
    const ids = textsIn(members, "ids");
    const query = textIn(members, "search");
    if (typeof read !== "boolean") throw new MailpitRequestError("read must be a boolean");
    if (ids.length > 0 && query !== "") throw new MailpitRequestError("you may specify either IDs or Search, not both");
    const scope = (await limitedTo(request))?.id;
    if (ids.length > 0) await mailbox.markChosen(scope, ids, read);
    else {
      const search = query.trim() === "" ? undefined : parseSearch(query, textParameter(request, "tz"));
      const all = await mailbox.all(scope);
      const chosen = (search ? all.filter(matches(search)) : all).filter(
        ({ marks }) => (marks?.read ?? false) !== read,
      );
      await mailbox.mark(
        chosen.map(({ entry }) => entry),
        read,
      );
    }
    return ok(reply);
  });

  app.delete("/api/v1/messages", async (request, reply) => {
    await mailbox.remove((await limitedTo(request))?.id, idsToDelete(request.body));
    return ok(reply);
  });

  app.delete("/api/v1/search", async (request, reply) => {
    const search = searchOf(request);
    const scope = (await limitedTo(request))?.id;
    const found = (await mailbox.all(scope)).filter(matches(search));
    await mailbox.remove(
      scope,
      found.map(({ entry }) => entry.id),
    );
    return ok(reply);
  });
}

/** As in Mailpit, a body that can't be read means all messages. */
function idsToDelete(body: unknown): readonly string[] | "all" {
  try {
    const ids = textsIn(bodyMembers(body), "ids");
    return ids.length === 0 ? "all" : ids;
  } catch (error) {
    if (error instanceof MailpitRequestError) return "all";
    throw error;
  }
}

/** The search in the parameters `query` and `tz`. Throws a `MailpitRequestError` if there is none. */
export function searchOf(request: FastifyRequest): MailSearch {
  const query = textParameter(request, "query")?.trim() ?? "";
  if (query === "") throw new MailpitRequestError("Error: no search query");
  return parseSearch(query, textParameter(request, "tz"));
}

/** The first value of a parameter; undefined if it is absent or empty. */
export function textParameter(request: FastifyRequest, name: string): string | undefined {
  return searchParameters(request.raw.url).get(name) || undefined;
}

interface Page {
  readonly start: number;
  readonly limit: number;
  readonly before: Date | undefined;
}

/** Numbers that can't be read count as the default. */
function pageOf(request: FastifyRequest, limitOfZero: number): Page {
  const number = (name: string, standard: number) => {
    const text = textParameter(request, name) ?? "";
    return /^\d{1,9}$/.test(text) ? Number(text) : standard;
  };
  return {
    start: number("start", 0),
    limit: number("limit", 50) || limitOfZero,
    before: parseDate(textParameter(request, "before") ?? "", textParameter(request, "tz")),
  };
}

function matches(search: MailSearch): (one: MarkedEntry) => boolean {
  return ({ entry, marks }) => search(searched(entry, marks));
}

function summary(
  all: readonly MarkedEntry[],
  matching: readonly MarkedEntry[],
  { start, limit, before }: Page,
): MessagesSummary {
  const stats = statsOf(all);
  const listed = before ? matching.filter(({ entry }) => entry.at < before) : matching;
  const messages = listed.slice(start, start + limit).map(({ entry, marks }) => messageSummary(entry, marks));
  return {
    total: stats.total,
    unread: stats.unread,
    count: messages.length,
    messages_count: matching.length,
    messages_unread: statsOf(matching).unread,
    start,
    tags: [...stats.tags.keys()],
    messages,
  };
}

/** What Mailpit answers to changes. */
export function ok<Reply extends { type(type: string): { send(payload: string): unknown } }>(reply: Reply) {
  return reply.type("text/plain").send("ok");
}
