/** The inbox as Mailpit's mailbox: messages with their marks, newest first. */
import { BoundedMap } from "../../../common/bounded-map.ts";
import type { Inbox } from "../../../inbox/inbox.ts";
import { contentIfKept, type InboxContent } from "../../../inbox/inbox-content.ts";
import type { InboxMessage } from "../../../inbox/inbox-message.ts";
import type { Database } from "../../../stores/postgres/database.ts";
import {
  deleteInboxMarks,
  markInboxRead,
  replaceInboxTags,
  selectInboxMarks,
} from "../../../stores/postgres/inbox-marks.ts";
import type { MailboxEvents } from "./mailbox-events.ts";
import {
  type MailEntry,
  type Marks,
  type MessageSummary,
  mailEntry,
  messageSummary,
  searched,
} from "./message-json.ts";
import type { MailSearch } from "./search-query.ts";
import { tagNames } from "./tag-names.ts";

/** The newest messages are shown. Mailpit itself keeps 500 unless it is told otherwise. */
export const mostMessages = 5_000;
/** Longer texts are not kept in memory, in characters. */
const longestKeptText = 8_192;
/** How many mails are read at the same time. */
const atOnce = 8;

export interface MarkedEntry {
  readonly entry: MailEntry;
  readonly marks: Marks | undefined;
}

export interface MailboxStats {
  readonly total: number;
  readonly unread: number;
  /** How many messages have each tag, by its name in order. */
  readonly tags: ReadonlyMap<string, number>;
}

export interface MailboxServices {
  inbox: Inbox;
  database: Database;
  events: MailboxEvents;
}

/** All methods take the only scope that the caller may see; undefined for all. */
export type Mailbox = ReturnType<typeof createMailbox>;

export function createMailbox({ inbox, database, events }: MailboxServices) {
  const entries = new BoundedMap<string, MailEntry>({ capacity: mostMessages, evicts: "least-recently-used" });
  let deleted = 0;

  async function entryOf(message: InboxMessage): Promise<MailEntry> {
    const known = entries.get(message.id);
    if (known) return known;
    const content = (await contentIfKept(message)) ?? contentOfGone(message);
    const entry = mailEntry({ message, content });
    if (entry.searchText.length <= longestKeptText) entries.set(message.id, entry);
    return entry;
  }

  /** All messages, newest first. */
  async function all(scope: number | undefined): Promise<MarkedEntry[]> {
    const messages = await inbox.list(scope, { order: "newest", limit: mostMessages });
    const marks = await marksOf(messages.map(({ id }) => id));
    const marked: MarkedEntry[] = [];
    for (let start = 0; start < messages.length; start += atOnce) {
      const read = await Promise.all(messages.slice(start, start + atOnce).map(entryOf));
      for (const entry of read) marked.push({ entry, marks: marks.get(entry.id) });
    }
    return marked;
  }

  async function marksOf(ids: readonly string[]): Promise<Map<string, Marks>> {
    const rows = await selectInboxMarks(database, ids);
    return new Map(rows.map(({ messageId, read, tags }) => [messageId, { read, tags: tags ?? undefined }]));
  }

  async function mark(messages: readonly { id: string; scope: number }[], read: boolean): Promise<void> {
    if (messages.length === 0) return;
    await markInboxRead(database, messages, read);
    for (const { id, scope } of messages) events.tell(scope, "update", { ID: id, Read: read });
    events.changed();
  }

  async function retag(changed: readonly { id: string; scope: number; tags: readonly string[] }[]): Promise<void> {
    if (changed.length === 0) return;
    await replaceInboxTags(database, changed);
    for (const { id, scope, tags } of changed) events.tell(scope, "update", { ID: id, Tags: tags });
    events.changed();
  }

  /** Replaces a tag of all messages that have it. */
  async function replaceTag(scope: number | undefined, tag: string, names: readonly string[]): Promise<void> {
    const wanted = tag.toLowerCase();
    const tagged = (await all(scope)).flatMap(({ entry, marks }) => {
      const { tags } = searched(entry, marks);
      const others = tags.filter((name) => name.toLowerCase() !== wanted);
      if (others.length === tags.length) return [];
      return [{ id: entry.id, scope: entry.scope, tags: tagNames([...others, ...names]) }];
    });
    await retag(tagged);
    if (tagged.length > 0) events.tell(scope, "prune", null);
  }

  return {
    all,
    /** How many messages have been deleted through this API since the start. */
    deleted: () => deleted,
    async summaryOf(message: InboxMessage): Promise<MessageSummary> {
      const marks = await marksOf([message.id]);
      return messageSummary(await entryOf(message), marks.get(message.id));
    },
    async tagsOf(message: InboxMessage): Promise<readonly string[]> {
      const marks = await marksOf([message.id]);
      return searched(await entryOf(message), marks.get(message.id)).tags;
    },
    /** A message by its ID; the newest one that matches for `latest`. */
    async find(scope: number | undefined, id: string, search?: MailSearch): Promise<InboxMessage | undefined> {
      if (id !== "latest") return inbox.find(scope, id);
      if (!search) return (await inbox.list(scope, { order: "newest", limit: 1 }))[0];
      const match = (await all(scope)).find(({ entry, marks }) => search(searched(entry, marks)));
      return match && inbox.find(scope, match.entry.id);
    },
    mark,
    async markChosen(scope: number | undefined, ids: readonly string[], read: boolean): Promise<void> {
      await mark(await inbox.findAll(scope, ids), read);
    },
    async setTags(scope: number | undefined, ids: readonly string[], tags: readonly string[]): Promise<void> {
      const names = tagNames(tags);
      await retag(
        (await inbox.findAll(scope, ids)).map((message) => ({ id: message.id, scope: message.scope, tags: names })),
      );
    },
    renameTag: (scope: number | undefined, tag: string, name: string) => replaceTag(scope, tag, [name]),
    deleteTag: (scope: number | undefined, tag: string) => replaceTag(scope, tag, []),
    async remove(scope: number | undefined, ids: readonly string[] | "all"): Promise<void> {
      const removed = ids === "all" ? [] : await inbox.findAll(scope, ids);
      deleted += await inbox.remove(scope, ids === "all" ? "all" : removed.map(({ id }) => id));
      await deleteInboxMarks(database, ids === "all" ? { scope } : { ids: removed.map(({ id }) => id) });
    },
  };
}

export function statsOf(marked: readonly MarkedEntry[]): MailboxStats {
  const tags = new Map<string, number>();
  let unread = 0;
  for (const { entry, marks } of marked) {
    const mail = searched(entry, marks);
    if (!mail.read) unread++;
    for (const tag of mail.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1);
  }
  return { total: marked.length, unread, tags: new Map([...tags].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Of a message whose mail has been deleted, only what its events say is left. */
function contentOfGone({ subject, sender }: InboxMessage): InboxContent {
  const none = { to: [], cc: [], bcc: [], replyTo: [], headers: [], attachments: [], links: [], codes: [] };
  const from = [{ name: "", address: sender }];
  return { ...none, from, subject, messageId: "", text: "", ownText: "", html: undefined };
}
