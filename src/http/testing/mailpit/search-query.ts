/**
 * Mailpit's search language: terms separated by spaces, all of which must match; quotes group words; a leading `-` or
 * `!` excludes. See https://mailpit.axllent.org/docs/usage/search-filters/.
 */
import { parseDate } from "./search-date.ts";

export interface SearchedAddress {
  readonly name: string;
  readonly address: string;
}

/** What a search looks at. */
export interface SearchedMail {
  readonly from: readonly SearchedAddress[];
  readonly to: readonly SearchedAddress[];
  readonly cc: readonly SearchedAddress[];
  readonly bcc: readonly SearchedAddress[];
  readonly replyTo: readonly SearchedAddress[];
  readonly subject: string;
  /** Of the header, without angle brackets. */
  readonly messageId: string;
  /** Addresses, subject, text and names of attachments, as `cleaned` returns them. */
  readonly searchText: string;
  readonly tags: readonly string[];
  readonly read: boolean;
  readonly inline: number;
  readonly attachments: number;
  readonly at: Date;
  /** In bytes. */
  readonly size: number;
}

export type MailSearch = (mail: SearchedMail) => boolean;

/** Longer queries are cut. */
const longestQuery = 4_000;

/**
 * Parses a query. Terms without a letter or digit, and dates and sizes that can't be read, are ignored, as in Mailpit:
 * nothing is an error.
 * @param zone the IANA time zone of dates; the process's own if it is undefined or unknown
 */
export function parseSearch(query: string, zone: string | undefined): MailSearch {
  const terms = splitTerms(query.slice(0, longestQuery)).flatMap((term) => {
    const excluded = term.length > 1 && /^[-!]/.test(term);
    const test = parseTerm(excluded ? term.slice(1) : term, zone);
    if (!test) return [];
    return [excluded ? (mail: SearchedMail) => !test(mail) : test];
  });
  return (mail) => terms.every((matches) => matches(mail));
}

/** Splits at white space outside quotes, and drops the quotes. */
function splitTerms(query: string): string[] {
  const terms: string[] = [];
  let term = "";
  let quoted = false;
  for (const character of query) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && /\s/.test(character)) {
      terms.push(term);
      term = "";
    } else term += character;
  }
  terms.push(term);
  return terms.filter((one) => one !== "");
}

/** Text as searches compare it: in lower case, without punctuation of addresses, with single spaces. */
export function cleaned(text: string): string {
  return text
    .replaceAll(/[\s><",;()\ufeff]+/g, " ")
    .trim()
    .toLowerCase();
}

const conditions: ReadonlyMap<string, MailSearch> = new Map([
  ["is:read", ({ read }) => read],
  ["is:unread", ({ read }) => !read],
  ["is:tagged", ({ tags }) => tags.length > 0],
  ["has:inline", ({ inline }) => inline > 0],
  ["has:inlines", ({ inline }) => inline > 0],
  ["has:attachment", ({ attachments }) => attachments > 0],
  ["has:attachments", ({ attachments }) => attachments > 0],
]);

/** Undefined if the term is to be ignored. */
function parseTerm(term: string, zone: string | undefined): MailSearch | undefined {
  if (!/[\p{L}\p{N}]/u.test(term)) return undefined;
  const condition = conditions.get(term.toLowerCase());
  if (condition) return condition;
  const [, name = "", value = ""] = /^([a-z-]+):(.*)$/is.exec(term) ?? [];
  const prefixed = prefixes.get(name.toLowerCase());
  // Other words before a colon are text, such as a URL.
  if (!prefixed) return byText(term);
  return cleaned(value) === "" ? undefined : prefixed(value, zone);
}

function byText(term: string): MailSearch {
  const wanted = cleaned(term);
  return ({ searchText }) => searchText.includes(wanted);
}

type Parse = (value: string, zone: string | undefined) => MailSearch | undefined;

const prefixes: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ["from", byAddress("from")],
  ["to", byAddress("to")],
  ["cc", byAddress("cc")],
  ["bcc", byAddress("bcc")],
  ["reply-to", byAddress("replyTo")],
  ["addressed", byAddress("from", "to", "cc", "bcc", "replyTo")],
  ["subject", (value) => (mail) => mail.subject.toLowerCase().includes(value.toLowerCase())],
  ["message-id", (value) => (mail) => mail.messageId.toLowerCase().includes(cleaned(value))],
  ["tag", (value) => (mail) => mail.tags.some((tag) => tag.toLowerCase() === cleaned(value))],
  ["after", byDate((at, date) => at >= date)],
  ["before", byDate((at, date) => at <= date)],
  ["larger", bySize((size, bytes) => size > bytes)],
  ["smaller", bySize((size, bytes) => size < bytes)],
]);

type AddressField = "from" | "to" | "cc" | "bcc" | "replyTo";

function byAddress(...fields: readonly AddressField[]): Parse {
  return (value) => {
    const wanted = cleaned(value);
    return (mail) => fields.some((field) => mail[field].some((one) => shown(one).includes(wanted)));
  };
}

function shown({ name, address }: SearchedAddress): string {
  return cleaned(`${name} ${address}`);
}

function byDate(compare: (at: Date, date: Date) => boolean): Parse {
  return (value, zone) => {
    const date = parseDate(value, zone);
    return date && (({ at }) => compare(at, date));
  };
}

function bySize(compare: (size: number, bytes: number) => boolean): Parse {
  return (value) => {
    const [, digits, unit = ""] = /^(\d{1,15})\s*([km]?)b?$/i.exec(value.trim()) ?? [];
    if (digits === undefined) return undefined;
    const bytes = Number(digits) * (unit === "" ? 1 : unit.toLowerCase() === "k" ? 1024 : 1024 ** 2);
    return ({ size }) => compare(size, bytes);
  };
}
