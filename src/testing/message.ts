/** A message that was sent, as a test looks at it. */
import type { EventOnDemand } from "../admin-api/faults.ts";
import type { ApiClient } from "./api-client.ts";
import { addEvent, type EventsOptions, type MessageEvent, messageEvents } from "./message-events.ts";

export interface Mailbox {
  /** Empty without a display name. */
  readonly name: string;
  readonly address: string;
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface Link {
  readonly url: string;
  /** The text that people see; in plain text, the URL itself. */
  readonly text: string;
}

/** What the API tells of an attachment. */
interface AttachmentJson {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly inline: boolean;
  readonly contentId?: string;
  readonly url: string;
}

/** What the API tells of a message. */
export interface MessageJson {
  readonly id: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly headers: readonly Header[];
  readonly attachments: readonly AttachmentJson[];
  readonly links: readonly Link[];
  readonly codes: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet?: string;
  readonly tenant?: string;
  readonly template?: string;
  readonly size: number;
  readonly rawUrl: string;
}

export interface Attachment {
  readonly name: string;
  /** Such as `application/pdf`. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly inline: boolean;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  content(): Promise<Buffer>;
}

/** A sent message. */
export class Message {
  /** The message ID that SES returned to the sender. */
  readonly id: string;
  readonly at: Date;
  /** The account and the region that it was sent in. */
  readonly account: string;
  readonly region: string;
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  /** Who it was sent to and from, whatever its header says. */
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly subject: string;
  /** The plain text; of a message without one, the text of its HTML. */
  readonly text: string;
  /** Undefined if the message has no HTML. */
  readonly html: string | undefined;
  /** In the order of the message, decoded. */
  readonly headers: readonly Header[];
  readonly attachments: readonly Attachment[];
  readonly links: readonly Link[];
  /** What looks like a one-time code. */
  readonly codes: readonly string[];
  /** The tags of the message (EmailTags). */
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet: string | undefined;
  readonly tenant: string | undefined;
  readonly template: string | undefined;
  /** Of the whole message, in bytes. */
  readonly size: number;
  readonly #api: ApiClient;
  readonly #rawUrl: string;

  constructor(api: ApiClient, json: MessageJson) {
    this.#api = api;
    this.#rawUrl = json.rawUrl;
    this.id = json.id;
    this.at = new Date(json.at);
    this.account = json.account;
    this.region = json.region;
    this.from = json.from;
    this.to = json.to;
    this.cc = json.cc;
    this.bcc = json.bcc;
    this.replyTo = json.replyTo;
    this.envelope = json.envelope;
    this.subject = json.subject;
    this.text = json.text;
    this.html = json.html ?? undefined;
    this.headers = json.headers;
    this.attachments = json.attachments.map(({ name, type, size, inline, contentId, url }) => {
      return { name, type, size, inline, contentId, content: () => api.bytes(url) };
    });
    this.links = json.links;
    this.codes = json.codes;
    this.tags = json.tags;
    this.configurationSet = json.configurationSet;
    this.tenant = json.tenant;
    this.template = json.template;
    this.size = json.size;
  }

  /** The value of the first header field of this name, in any case; undefined without one. */
  header(name: string): string | undefined {
    return this.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
  }

  /** The message as it was sent (RFC 5322). */
  raw(): Promise<Buffer> {
    return this.#api.bytes(this.#rawUrl);
  }

  /**
   * The one-time code in the message: the only text that looks like one, or what `pattern` finds in the subject, the text
   * or the HTML (its first group, if it has one). Throws if there is none, or if several differ.
   */
  code(pattern?: RegExp): string {
    const found = pattern === undefined ? this.codes : this.#matches(pattern);
    const [code, ...others] = new Set(found);
    const what = pattern === undefined ? "code" : `match of ${pattern}`;
    if (code === undefined) throw new Error(`There is no ${what} in ${this.#told()}`);
    if (others.length > 0 && pattern === undefined) {
      throw new Error(
        `There are several codes: ${[code, ...others].join(", ")}. Name one by a pattern, such as code(/PIN: (\\d+)/), in ${this.#told()}`,
      );
    }
    return code;
  }

  /**
   * The URL of the first link that matches: a text that its URL or its text contains, or a regular expression for either.
   * Without a pattern, that of the only link. Throws if there is none, or without a pattern several.
   */
  link(pattern?: string | RegExp): string {
    const found = this.links.filter(({ url, text }) => matches(url, pattern) || matches(text, pattern));
    const [first] = found;
    const listed = this.links.map(({ url, text }) => (text === "" || text === url ? url : `${url} (${text})`));
    const list = listed.length === 0 ? "There are no links" : `The links are ${listed.join(", ")}`;
    if (first === undefined) {
      throw new Error(`No link matches${pattern === undefined ? "" : ` ${pattern}`}. ${list}, in ${this.#told()}`);
    }
    if (pattern === undefined && new Set(found.map(({ url }) => url)).size > 1) {
      throw new Error(`There are several links; name one by a part of its URL or text. ${list}, in ${this.#told()}`);
    }
    return first.url;
  }

  /**
   * The events of the message so far, in order. With `until`, waits for an event of that type; rejects with a
   * `MailglassTimeout` if it does not happen in time.
   */
  events(options: EventsOptions = {}): Promise<MessageEvent[]> {
    return messageEvents(this.#api, this.id, options);
  }

  /** Adds an event, as if it had happened: such as `{ type: "BOUNCE" }`, with all that follows from it. */
  addEvent(event: EventOnDemand): Promise<MessageEvent> {
    return addEvent(this.#api, this.id, event);
  }

  #matches(pattern: RegExp): string[] {
    return [this.subject, this.text, this.html ?? ""].flatMap((text) => {
      const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, "")).exec(text);
      return match ? [match[1] ?? match[0]] : [];
    });
  }

  /** For errors. */
  #told(): string {
    return `the message ${JSON.stringify(this.subject)} to ${this.envelope.to.join(", ")}:\n${this.text.slice(0, longestTold)}`;
  }
}

/** In characters. */
const longestTold = 2_000;

function matches(text: string, pattern: string | RegExp | undefined): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === "string" ? text.includes(pattern) : text.search(pattern) >= 0;
}
