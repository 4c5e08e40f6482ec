/** Reads members of SES's events, which AWS may extend or leave out at any time. */
import { objectOf } from "../events/recorded-details.ts";
import { parseAddress } from "../mail/address.ts";
import { MailError } from "../mail/mail-error.ts";

/** The members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** A non-empty text; undefined for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The texts in a list; none for anything else. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one !== "") : [];
}

/** The objects in a list; none for anything else. */
export function objects(value: unknown): Members[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** The members of an object that is a member; none if it is not there. */
export function member(of: Members, name: string): Members {
  const value = of[name];
  return isObject(value) ? value : none;
}

const none: Members = {};

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members with names that are not listed; undefined if there are none. */
export function without(members: Members, known: ReadonlySet<string>): Members | undefined {
  const left = Object.entries(members).filter(([name]) => !known.has(name));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|[+-]\d\d:?\d\d)$/;
/** SES began in January 2011. */
const earliest = Date.UTC(2011, 0, 1);
/** The event database has the year 2200 for "never". */
const latest = Date.UTC(2100, 0, 1);

/** A time as SES writes it: ISO 8601, in older notifications `2018-10-08T14:05:45 +0000`; undefined for anything else. */
export function timeOf(value: unknown): Date | undefined {
  const [, moment, offset = ""] = (typeof value === "string" && form.exec(value)) || [];
  if (moment === undefined) return undefined;
  const time = new Date(moment + offset.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2"));
  return time.getTime() >= earliest && time.getTime() < latest ? time : undefined;
}

/** The bare address in a text such as `Name <a@example.com>`; the text itself if it can't be read. */
export function addressOf(value: string): string {
  try {
    return parseAddress(value).address;
  } catch (error) {
    if (error instanceof MailError) return value;
    throw error;
  }
}
