/** Classifies each recipient of a report from the report's fields, its text, or both. */

import { type Fields, field } from "../lenient-mime.ts";
import type { DeliveryStatus, DsnRecipient } from "./dsn.ts";
import { findReply, isVague, statusSaid } from "./enhanced-status.ts";
import type { OriginalMessage } from "./original-message.ts";
import { classifyReply, firstReply, type ReplyClass } from "./reply.ts";
import markers from "./rules/markers.json" with { type: "json" };
import type { BounceType, Reason } from "./rules.ts";
import { addressesIn, type TextRecipient, textRecipients } from "./text-report.ts";

export interface ReportedRecipient {
  /** Undefined if the report names none. */
  readonly address: string | undefined;
  /** The address that the sender specified, if the report has it besides the one that failed (RFC 3464, 2.3.1). */
  readonly originalRecipient: string | undefined;
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded` (RFC 3464, 2.3.3). */
  readonly action: string | undefined;
  readonly reason: Reason;
  readonly bounceType: BounceType;
  readonly bounceSubType: string;
  readonly delayType: string;
  /** Whether the reason is a guess, which is not enough to treat the address as invalid. */
  readonly guessed: true | undefined;
  /** The enhanced status (RFC 3463). */
  readonly status: string | undefined;
  /** The SMTP reply code. */
  readonly reply: string | undefined;
  readonly diagnosticCode: string | undefined;
  readonly remoteMta: string | undefined;
}

/** The mail that contains a report. */
export interface ReportMail {
  readonly fields: Fields;
  readonly subject: string;
  /** The human-readable text. */
  readonly text: string;
  /** The returned message; undefined if there is none. */
  readonly original: OriginalMessage | undefined;
}

const maxDiagnostic = 2000;
const stillTried = { reason: "expired", bounceType: "Transient", bounceSubType: "General" } as const;

/** Classifies the recipients of a delivery status, using the human-readable text where a diagnostic is incomplete. */
export function recipientsOfStatus(
  report: DeliveryStatus,
  { fields, subject, text, original }: ReportMail,
): ReportedRecipient[] {
  const isOther = otherAddresses(fields);
  const title = withoutVersions(subject);
  const blocks = recipientsIn(text, fields);
  const single = report.recipients.length === 1;
  return report.recipients.map((one) => {
    const address = one.address ?? (single ? fallbackAddress(fields, blocks, original, isOther) : undefined);
    const block = blocks.find((known) => known.address.toLowerCase() === address?.toLowerCase())?.text;
    const said = one.diagnosticCode;
    const beside = block ?? (single ? text : "");
    const host = `${one.remoteMta ?? ""} ${report.reportingMta ?? ""} ${address ?? ""} ${beside.slice(0, 1000)}`;
    const lastTry = ofClass(beside, one.status);
    const command = refusedCommand(`${said ?? ""}\n${beside}`, one.status);
    const classify = (text: string, status: string | undefined) =>
      classifyReply({ status, text, host, command, code: findReply(said ?? "") });
    const words = `${one.diagnosticType === "x-unix" ? "x-unix " : ""}${said ?? one.statusText ?? ""}${transcript(beside)}`;
    const own = classify(words, one.status);
    // The server's reply takes precedence over the mailer's human-readable text, whose phrases fit several reasons.
    const best =
      own.weight > 2 && (said ?? one.statusText) !== undefined
        ? own
        : better(own, classify(`${beside}\n${title}\n${one.category ?? ""}`, one.status));
    return {
      ...classified(best, address),
      address,
      originalRecipient: one.originalRecipient,
      action: one.action,
      status: statusOf(one, lastTry),
      reply: findReply(said ?? "") ?? findReply(lastTry) ?? findReply(beside),
      diagnosticCode: (said ?? quoted(lastTry))?.slice(0, maxDiagnostic),
      remoteMta: one.remoteMta,
    };
  });
}

/** Classifies the recipients of a text-only report. Returns at least one, possibly without an address. */
export function recipientsOfText({ fields, subject, text, original }: ReportMail): ReportedRecipient[] {
  const isOther = otherAddresses(fields);
  const failed = addressesIn(field(fields, "x-failed-recipients") ?? "", () => false);
  let blocks = recipientsIn(text, fields);
  if (failed.length > 0) {
    blocks = failed.map((address) => ({
      address,
      text: blocks.find((known) => known.address.toLowerCase() === address.toLowerCase())?.text ?? "",
    }));
  }
  const action = isDelay(subject, text) ? "delayed" : "failed";
  const title = withoutVersions(subject);
  if (blocks.length === 0) {
    const address =
      fallbackAddress(fields, blocks, original, isOther) ??
      soleAddress(text, isOther) ??
      soleAddress(subject, isOther) ??
      // Gateways to phones reply with the recipient's address as the sender.
      soleAddress(text, ownAddresses(fields, ["to", "delivered-to"]));
    return [ofText(address, text, `${text}\n${title}`, action)];
  }
  // Text above a list of recipients applies to all of them.
  const about = blocks.length === 1 ? text : text.slice(0, text.indexOf(blocks[0]?.address ?? ""));
  const whole = `${about}\n${title}`;
  return blocks.map((block) => ofText(block.address, block.text, whole, action));
}

/** `2.0.12` in a subject is usually a version; a status there follows a code, a bracket or a word. */
function withoutVersions(subject: string): string {
  return subject.replace(
    /(?<!\d{3}[ -]#?|[#(:[] ?|(?:status|error|code) )(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/gi,
    " ",
  );
}

function ofText(address: string | undefined, block: string, whole: string, action: string): ReportedRecipient {
  const host = `${address ?? ""} ${block.slice(0, 1000)}`;
  const command = refusedCommand(`${block}\n${whole}`, statusSaid(block)) ?? unknownCommand(`${block}\n${whole}`);
  const own = classifyReply({ text: block, host, command });
  const best = own.weight > 2 ? own : better(own, classifyReply({ text: whole, host, command }));
  const known = classified(best, address);
  return {
    // A mail that is still being retried may arrive.
    ...(action === "delayed" && (known.guessed || known.bounceType === "Undetermined")
      ? { ...known, ...stillTried }
      : known),
    address,
    originalRecipient: undefined,
    action,
    status: best.status ?? statusSaid(whole),
    reply: best.code ?? findReply(whole),
    diagnosticCode: (quoted(block) ?? quoted(whole))?.slice(0, maxDiagnostic),
    remoteMta: undefined,
  };
}

/**
 * The server's replies, line by line, if a text quotes the SMTP session, and what mail.local said, of which the
 * diagnostic has only the exit code; otherwise an empty text.
 */
function transcript(text: string): string {
  const said = /^(?:<<< [245]\d\d[- ]|mail\.local: )[^\n]{0,500}/gm;
  return (text.slice(0, 20_000).match(said) ?? []).map((line) => `\n${line}`).join("");
}

function better(one: ReplyClass, other: ReplyClass): ReplyClass {
  return other.weight > one.weight ? other : one;
}

/** As in SES, the subtype is `NoEmail` if a hard bounce names no address. */
function classified(found: ReplyClass, address: string | undefined) {
  const { reason, bounceType, delayType, guessed } = found;
  const noEmail = bounceType === "Permanent" && address === undefined;
  return { reason, bounceType, delayType, guessed, bounceSubType: noEmail ? "NoEmail" : found.bounceSubType };
}

/** Removes replies whose class differs from the status: a transcript also contains servers that were tried before. */
function ofClass(text: string, status: string | undefined): string {
  if (status === undefined) return text;
  return text.replace(/^[ \t]{0,20}(?:<<< ?)?([245])\d\d[ -][^\n]{0,2000}/gm, (line, digit: string) =>
    digit === status[0] ? line : "",
  );
}

/** Prefers the server's status, then the mailer's, then one in the text, in each case only if it isn't vague. */
function statusOf(one: DsnRecipient, beside: string): string | undefined {
  const candidates = [statusSaid(one.diagnosticCode ?? ""), one.status, statusSaid(beside)];
  return candidates.find((status) => status !== undefined && !isVague(status)) ?? one.status ?? candidates[0];
}

/** The rejected SMTP command: the first in rules/markers.json that has a phrase in the text. */
function refusedCommand(text: string, status: string | undefined): string | undefined {
  const lower = flat(text, 10_000);
  const named = markers.commands.find(({ phrases }) => phrases.some((phrase) => lower.includes(phrase)))?.command;
  // A bad-address status belongs to RCPT, though a pipelining client names DATA, which it had already sent.
  return status?.slice(1) === ".1.1" && named !== "MAIL" && named !== "EHLO" ? "RCPT" : named;
}

/** The reply that a text quotes, with the text before it on the line; the whole text if it quotes none. */
function quoted(text: string): string | undefined {
  const line = /(?<=^|\n)([^\n]{0,300}?)(?<!\d)[245][0-5]\d[ -][^\n]{2,1500}/.exec(text);
  if (line === null) return text.trim() || undefined;
  const before = line[1] ?? "";
  const reply = firstReply(text.slice(line.index + before.length));
  // Mailers wrap long lines and indent the continuation.
  return `${before}${reply}`
    .replace(/[ \t]{0,100}\n[ \t]{1,100}/g, " ")
    .replace(/[ \t]{1,100}\n/g, "\n")
    .trim();
}

/**
 * If a mailer quotes a bare `550 No such user`, neither a status nor the command shows whether the address is unknown
 * or the mail was rejected after DATA. That is not enough to treat an address as invalid, unless the server repeats the
 * address before its reason (`550 <a@b>: User unknown`): it answers RCPT then, as DATA has no address.
 */
function unknownCommand(text: string): string | undefined {
  const bare = findReply(text) !== undefined && statusSaid(text) === undefined;
  return bare && !/[245]\d\d[: -]{1,3}<?[^\s<>@]{1,128}@[^\s<>@]{1,255}(?:>: |\.{3} )/.test(text)
    ? "UNKNOWN"
    : undefined;
}

/** Whether the mail is still being retried, by rules/markers.json. */
function isDelay(subject: string, text: string): boolean {
  const lower = flat(`${subject}\n${text}`, 5000);
  return markers.delays.some((marker) => lower.includes(marker));
}

function flat(text: string, length: number): string {
  return text
    .slice(0, length)
    .toLowerCase()
    .replace(/\s{1,100}/g, " ");
}

/** The recipients that a text names. A mail system's own address counts only if there is no other. */
function recipientsIn(text: string, fields: Fields): TextRecipient[] {
  const found = textRecipients(text, otherAddresses(fields));
  return found.length > 0 ? found : textRecipients(text, ownAddresses(fields));
}

/**
 * Whether a text names an address as a recipient, rather than just containing one.
 * @param anywhere whether an address anywhere in the text suffices if its domain differs from the reader's.
 */
export function namesRecipients(text: string, fields: Fields, anywhere: boolean): boolean {
  if (recipientsIn(text, fields).length > 0) return true;
  const own = domainOf(addressesIn(field(fields, "to") ?? "", () => false)[0]);
  return anywhere && addressesIn(text, otherAddresses(fields)).some((one) => domainOf(one) !== own);
}

function domainOf(address: string | undefined): string | undefined {
  return address?.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Recognizes addresses that are not recipients: the sender who received the report, and mail systems. */
function otherAddresses(fields: Fields): (address: string) => boolean {
  const isOwn = ownAddresses(fields);
  return (one) => isOwn(one) || /^(?:postmaster|mailer-daemon|abuse|hostmaster|support|helpdesk)@/.test(one);
}

function ownAddresses(fields: Fields, names = ["to", "delivered-to", "from"]): (address: string) => boolean {
  const own = new Set<string>();
  for (const name of names) {
    for (const one of addressesIn(field(fields, name) ?? "", () => false)) own.add(one.toLowerCase());
  }
  return (one) => own.has(one);
}

function fallbackAddress(
  fields: Fields,
  blocks: readonly { address: string }[],
  original: OriginalMessage | undefined,
  isOther: (address: string) => boolean,
): string | undefined {
  return (
    addressesIn(field(fields, "x-failed-recipients") ?? "", () => false)[0] ??
    blocks[0]?.address ??
    addressesIn(original?.to ?? "", isOther)[0]
  );
}

/** The address of a text that contains exactly one, at any position: `Your message to a@b came back`. */
function soleAddress(text: string, isOther: (address: string) => boolean): string | undefined {
  const found = addressesIn(text.replace(/\bfrom:?\s{1,3}<?[^\s@<>]{1,128}@/gi, " "), isOther);
  return found.length === 1 ? found[0] : undefined;
}
