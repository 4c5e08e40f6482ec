/**
 * Parses delivery status notifications (RFC 3464): the fields of message/delivery-status, from a part of that type or
 * from the text of mailers that write them there. It accepts fields in any order, groups that are not separated by an
 * empty line, and continuation lines that are not indented.
 */

/** The status of one recipient. */
export interface DsnRecipient {
  /** The address in Final-Recipient, or in another field if that has none. */
  readonly address: string | undefined;
  readonly originalRecipient: string | undefined;
  /** In lower case: `failed`, `delayed`, `delivered`, `relayed`, `expanded`, or what the mailer wrote. */
  readonly action: string | undefined;
  /** As in the field, without its comment. */
  readonly status: string | undefined;
  /** The comment that some mailers add to the status: `5.2.1 (mailbox disabled)`. */
  readonly statusText: string | undefined;
  /** PowerMTA's bounce category, such as `quota-issues`. */
  readonly category: string | undefined;
  /** Without its type (`smtp;`), unfolded. */
  readonly diagnosticCode: string | undefined;
  readonly diagnosticType: string | undefined;
  readonly remoteMta: string | undefined;
}

export interface DeliveryStatus {
  readonly reportingMta: string | undefined;
  readonly arrivalDate: string | undefined;
  readonly originalEnvelopeId: string | undefined;
  readonly recipients: readonly DsnRecipient[];
}

const maxRecipients = 500;
const maxLines = 5000;
const maxValue = 8 * 1024;

const perMessage = new Set([
  "reporting-mta",
  "arrival-date",
  "original-envelope-id",
  "dsn-gateway",
  "received-from-mta",
]);
const perRecipient = new Set([
  "final-recipient",
  "original-recipient",
  "x-actual-recipient",
  "action",
  "status",
  "diagnostic-code",
  "remote-mta",
  "last-attempt-date",
  "final-log-id",
  "will-retry-until",
]);

type Group = Map<string, string>;

/** Parses the fields; undefined if there are none for a recipient. */
export function parseDeliveryStatus(text: string): DeliveryStatus | undefined {
  const message: Group = new Map();
  const groups: Group[] = [];
  let group: Group = new Map();
  const finish = () => {
    if (group.size > 0 && groups.length < maxRecipients) groups.push(group);
    group = new Map();
  };
  let last: { group: Group; name: string } | undefined;
  for (const line of linesOf(text, maxLines)) {
    const match = /^[ \t]{0,4}([A-Za-z][A-Za-z-]{2,40})[ \t]*:(.*)$/.exec(line);
    const name = match?.[1]?.toLowerCase() ?? "";
    if (match !== null && (perMessage.has(name) || perRecipient.has(name) || name.startsWith("x-"))) {
      if (perMessage.has(name)) {
        last = { group: message, name };
      } else {
        if (group.has(name) && name !== "x-actual-recipient") finish();
        last = { group, name };
      }
      if (!last.group.has(name)) last.group.set(name, (match[2] ?? "").trim().slice(0, maxValue));
    } else if (line.trim() === "") {
      if (group.has("final-recipient") || group.has("original-recipient")) finish();
      last = undefined;
    } else if (last !== undefined && (/^[ \t]/.test(line) || /^[2-5]\d\d[ -]/.test(line))) {
      const value = last.group.get(last.name) ?? "";
      if (value.length < maxValue) last.group.set(last.name, `${value} ${line.trim()}`);
    }
  }
  finish();
  const recipients = groups.filter((one) => one.has("final-recipient") || one.has("action")).map(recipientOf);
  if (recipients.length === 0) return undefined;
  return {
    reportingMta: typed(message.get("reporting-mta"))?.value,
    arrivalDate: message.get("arrival-date"),
    originalEnvelopeId: message.get("original-envelope-id"),
    recipients,
  };
}

function recipientOf(group: Group): DsnRecipient {
  const diagnostic = typed(group.get("diagnostic-code"));
  const final = addressOf(group.get("final-recipient"));
  const original = addressOf(group.get("original-recipient"));
  // Some mailers write an internal name: `user@ims-daemon`.
  const known = final !== undefined && /@.*\./.test(final) ? final : undefined;
  return {
    address: known ?? addressOf(group.get("x-actual-recipient")) ?? original ?? final,
    originalRecipient: original,
    action: /[a-z]+/.exec(group.get("action")?.toLowerCase() ?? "")?.[0],
    status: /[245]\.\d{1,3}\.\d{1,3}/.exec(group.get("status") ?? "")?.[0],
    statusText: /\((.{3,500})\)/s.exec(group.get("status") ?? "")?.[1],
    category: group.get("x-powermta-bouncecategory"),
    diagnosticCode: diagnostic?.value,
    diagnosticType: diagnostic?.type,
    remoteMta: typed(group.get("remote-mta"))?.value,
  };
}

/** Splits `smtp; 550 No` into the type before the semicolon and the value after it. */
function typed(value: string | undefined): { type: string | undefined; value: string } | undefined {
  if (value === undefined || value === "") return undefined;
  const match = /^([A-Za-z][\w-]{0,30})[ \t]*;(.*)$/s.exec(value);
  if (match === null) return { type: undefined, value };
  const rest = (match[2] ?? "").trim();
  return rest === "" ? undefined : { type: match[1]?.toLowerCase(), value: rest };
}

/** Extracts the address from `rfc822; name@domain`, whatever surrounds it. */
function addressOf(value: string | undefined): string | undefined {
  const text = value?.slice(0, 1000).replace(/^[\w-]{1,30}[ \t]*;/, "") ?? "";
  return /[^\s<>"(),;:]{1,128}@[^\s<>"(),;:@]{1,255}/.exec(text)?.[0];
}

/** Yields at most `max` lines of a text, each cut to 4,000 characters. */
export function* linesOf(text: string, max: number): Generator<string> {
  let at = 0;
  for (let count = 0; at < text.length && count < max; count++) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, Math.min(end, at + 4000));
    at = end + 1;
  }
}
