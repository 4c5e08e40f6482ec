/** Answers that nobody wrote (RFC 3834): out-of-office notes and the like. They are no bounces. */
import { type Fields, field } from "../lenient-mime.ts";
import { isOfList } from "./mailing-list.ts";
import rules from "./rules/auto-replies.json" with { type: "json" };

/** What gateways put before a subject: `[EXTERNAL] `. */
const gatewayTags = /^(?:\s{0,10}\[[^\]]{1,30}\]){0,3}\s{0,10}/;

/** Whether a mail, known to be no report, is an automatic answer. */
export function isAutoReply(fields: Fields, subject: string): boolean {
  // RFC 3834, 5: any value but `no`; `auto-generated` is of notices that answer nobody.
  if (/^auto-(?:replied|notified)/i.test(field(fields, "auto-submitted") ?? "")) return true;
  if (rules.precedences.includes(field(fields, "precedence")?.toLowerCase() ?? "")) return true;
  if (rules.headers.some((name) => isSet(field(fields, name)))) return true;
  // Exchange calls its answers generated, and names what they answer.
  const generated = /^auto-generated/i.test(field(fields, "auto-submitted") ?? "");
  if (generated && field(fields, "in-reply-to") !== undefined) return true;
  // A shop's "Holiday sale" goes to a list; whoever is on holiday answers one person.
  if (isOfList(fields)) return false;
  const lower = subject.toLowerCase().slice(0, 200);
  // Some put their own words into brackets: `[Automatyczna odpowiedź] test`.
  const starts = [lower.replace(gatewayTags, ""), lower.replace(/^[\s[(*]{1,10}/, "")];
  return (
    rules.subjectPrefixes.some((prefix) => starts.some((start) => start.startsWith(prefix))) ||
    // Notes: `Anna Smith is out of the office`.
    rules.subjectPhrases.some((phrase) => lower.includes(phrase))
  );
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.toLowerCase() !== "no";
}
