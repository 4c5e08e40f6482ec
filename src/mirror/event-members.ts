/** Reads members of SES's events. AWS may add or omit members at any time. */
import { objectOf } from "../events/recorded-details.ts";
import { parseAddress } from "../mail/address.ts";
import { MailError } from "../mail/mail-error.ts";

/** The members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** A non-empty string; undefined for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The non-empty strings in an array; an empty array for anything else. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one !== "") : [];
}

/** The elements of an array as objects; an empty array for anything else. */
export function objects(value: unknown): Members[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A member that is an object; an empty object for anything else. */
export function member(of: Members, name: string): Members {
  const value = of[name];
  return isObject(value) ? value : none;
}

const none: Members = {};

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members whose names are not in `known`; undefined if there are none. */
export function without(members: Members, known: ReadonlySet<string>): Members | undefined {
  const left = Object.entries(members).filter(([name]) => !known.has(name));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|[+-]\d\d:?\d\d)$/;
/** SES launched in January 2011. */
const earliest = Date.UTC(2011, 0, 1);
/** The event database uses the year 2200 for "never". */
const latest = Date.UTC(2100, 0, 1);

/** Parses SES's times: ISO 8601, or `2018-10-08T14:05:45 +0000` in older notifications; undefined for anything else. */
export function timeOf(value: unknown): Date | undefined {
  const [, moment, offset = ""] = (typeof value === "string" && form.exec(value)) || [];
  if (moment === undefined) return undefined;
  const time = new Date(moment + offset.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2"));
  return time.getTime() >= earliest && time.getTime() < latest ? time : undefined;
}

/** The bare address in a string such as `Name <a@example.com>`; the string itself if it can't be parsed. */
export function addressOf(value: string): string {
  try {
    return parseAddress(value).address;
  } catch (error) {
    if (error instanceof MailError) return value;
    throw error;
  }
}
