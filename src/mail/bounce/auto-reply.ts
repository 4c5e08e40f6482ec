/** Recognizes automatic replies (RFC 3834), such as out-of-office notes. They are not bounces. */
import { type Fields, field } from "../lenient-mime.ts";
import { isOfList } from "./mailing-list.ts";
import rules from "./rules/auto-replies.json" with { type: "json" };

/** Tags that gateways put before a subject: `[EXTERNAL] `. */
const gatewayTags = /^(?:\s{0,10}\[[^\]]{1,30}\]){0,3}\s{0,10}/;

/** Whether a mail that is not a report is an automatic reply. */
export function isAutoReply(fields: Fields, subject: string): boolean {
  // RFC 3834, 5 allows any value but `no`, but `auto-generated` also marks notices that reply to nothing.
  if (/^auto-(?:replied|notified)/i.test(field(fields, "auto-submitted") ?? "")) return true;
  if (rules.precedences.includes(field(fields, "precedence")?.toLowerCase() ?? "")) return true;
  if (rules.headers.some((name) => isSet(field(fields, name)))) return true;
  // Exchange marks its automatic replies as generated, with In-Reply-To.
  const generated = /^auto-generated/i.test(field(fields, "auto-submitted") ?? "");
  if (generated && field(fields, "in-reply-to") !== undefined) return true;
  // A shop's "Holiday sale" goes to a list; a holiday notice goes to one person.
  if (isOfList(fields)) return false;
  const lower = subject.toLowerCase().slice(0, 200);
  // Some mailers put their prefix in brackets: `[Automatyczna odpowiedź] test`.
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
