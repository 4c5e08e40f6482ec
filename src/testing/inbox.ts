/** The messages that an account has sent. */
import type { ApiClient, Parameters } from "./api-client.ts";
import { Message, type MessageJson } from "./message.ts";
import { MailglassTimeout, waitOnServer } from "./wait.ts";

/** What a message must match. Everything that is given must hold. */
export interface MessageFilter {
  /** The address of a recipient: exactly, in any case; in the envelope or the header. */
  readonly to?: string;
  /** The address of the sender, as `to`. */
  readonly from?: string;
  /** A part of the subject in any case, or a regular expression for it. */
  readonly subject?: string | RegExp;
  /** A part of the subject, the text or the HTML's text in any case. */
  readonly text?: string;
  /** A tag of the message with its value. Only one can be given. */
  readonly tag?: Readonly<Record<string, string>>;
  readonly configurationSet?: string;
  readonly template?: string;
  /** Sent at this time or later, or after this message (or the one with this ID). */
  readonly since?: Date | Message | string;
}

export interface WaitForOptions {
  /** In milliseconds; 10 seconds by default. */
  readonly timeout?: number;
  /** Wait for the (index + 1)-th message that matches, in the order of sending; by default, for the newest. */
  readonly index?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** By default, the newest message is the first. */
  readonly order?: "newest" | "oldest";
  /** At most 1,000; 50 by default. */
  readonly limit?: number;
}

const messages = "/testing/messages";
/** In milliseconds. */
const standardWithin = 1_000;

export class Inbox {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /**
   * Resolves to a message that matches, as soon as there is one: also if it was sent before the call. Rejects with a
   * `MailglassTimeout`, whose message says what was sent instead.
   */
  async waitFor(filter: MessageFilter = {}, { timeout, index, signal }: WaitForOptions = {}): Promise<Message> {
    const parameters = { ...parametersOf(filter), index };
    const found = await waitOnServer<MessageJson>(this.#api, `${messages}/wait`, { parameters, timeout, signal });
    return new Message(this.#api, found);
  }

  /** The messages that match, the newest first. */
  async list(filter: MessageFilter = {}, { order, limit }: ListOptions = {}): Promise<Message[]> {
    const parameters = { ...parametersOf(filter), order, limit };
    const answer = await this.#api.json<{ messages: MessageJson[] }>("GET", messages, { parameters });
    return answer.messages.map((message) => new Message(this.#api, message));
  }

  /** The message with this ID. Rejects with a `MailglassError` if there is none. */
  async get(id: string): Promise<Message> {
    return new Message(this.#api, await this.#api.json("GET", `${messages}/${encodeURIComponent(id)}`));
  }

  /** How many messages match. */
  async count(filter: MessageFilter = {}): Promise<number> {
    const parameters = parametersOf(filter);
    return (await this.#api.json<{ count: number }>("GET", `${messages}/count`, { parameters })).count;
  }

  /** Deletes the messages that match, all without a filter; resolves to how many there were. */
  async delete(filter: MessageFilter = {}): Promise<number> {
    const parameters = parametersOf(filter);
    return (await this.#api.json<{ deleted: number }>("DELETE", messages, { parameters })).deleted;
  }

  /**
   * Resolves if no message matches for so long (in milliseconds; a second by default). Rejects as soon as one does.
   * @param options.within 0: only looks at what has been sent.
   */
  async expectNone(filter: MessageFilter = {}, { within = standardWithin }: { within?: number } = {}): Promise<void> {
    const found = await (within > 0 ? this.#within(filter, within) : this.list(filter, { limit: 1 }));
    const [message] = found;
    if (message === undefined) return;
    const { subject, at, id } = message;
    throw new Error(
      `No message was expected, but ${JSON.stringify(subject)} was sent to ${message.envelope.to.join(", ")} at ${at.toISOString()} (${id})`,
    );
  }

  async #within(filter: MessageFilter, timeout: number): Promise<Message[]> {
    try {
      return [await this.waitFor(filter, { timeout })];
    } catch (error) {
      if (error instanceof MailglassTimeout) return [];
      throw error;
    }
  }
}

function parametersOf({ subject, tag, since, ...others }: MessageFilter): Parameters {
  const tags = Object.entries(tag ?? {}).map(([name, value]) => `${name}=${value}`);
  if (tags.length > 1) throw new TypeError(`a message can be searched by one tag, not by ${tags.join(" and ")}`);
  return {
    ...others,
    subject: subject instanceof RegExp ? `/${subject.source}/${subject.flags.replaceAll(/[dgy]/g, "")}` : subject,
    tag: tags[0],
    since: since instanceof Date ? since.toISOString() : since instanceof Message ? since.id : since,
  };
}
