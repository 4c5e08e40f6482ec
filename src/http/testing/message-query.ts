/** The parameters of the testing API that choose messages. */
import { sentAtOf } from "../../events/message-id.ts";
import type { InboxRange } from "../../inbox/inbox.ts";
import type { InboxFilter } from "../../inbox/inbox-filter.ts";
import { parseInstant, QueryError, type QueryParameters } from "../query-parameters.ts";

/** Which messages a call is about. */
export interface MessageQuery {
  readonly matching: InboxFilter;
  readonly range: Pick<InboxRange, "since" | "after">;
  /** The given filters, for people: `to=a@example.com, subject=Welcome`. */
  readonly given: string;
  /** `since` as given. */
  readonly since: string | undefined;
}

/** Reads the filters. Throws a `QueryError`. */
export function readMessageQuery(query: QueryParameters): MessageQuery {
  const texts = {
    to: query.text("to"),
    from: query.text("from"),
    subject: query.text("subject"),
    text: query.text("text"),
    tag: query.text("tag"),
    configurationSet: query.text("configurationSet"),
    template: query.text("template"),
  };
  const since = query.text("since");
  const given = Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const tag = texts.tag === undefined ? undefined : readTag(texts.tag);
  return { matching: { ...texts, tag }, range: readSince(since), given: given.join(", "), since };
}

function readTag(text: string): { name: string; value: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new QueryError("The parameter tag must be name=value.");
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function readSince(text: string | undefined): Pick<InboxRange, "since" | "after"> {
  if (text === undefined) return {};
  if (!Number.isNaN(sentAtOf(text).getTime())) return { after: text };
  const since = parseInstant(text);
  if (since) return { since };
  throw new QueryError(
    "The parameter since must be a time such as 2026-11-24T12:00:00Z, or the ID of a message, to see what was sent after it.",
  );
}

/** How long a call may wait, in seconds: 10 by default. Throws a `QueryError`. */
export function readTimeout(query: QueryParameters): number {
  const given = query.text("timeout") ?? "10";
  const seconds = /^\d{1,4}(\.\d{1,6})?$/.test(given) ? Number(given) : Number.NaN;
  if (seconds >= 0.1 && seconds <= 60) return seconds;
  throw new QueryError("The parameter timeout must be a number of seconds from 0.1 to 60, such as 10 or 0.5.");
}
