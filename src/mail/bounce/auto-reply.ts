/** Answers that nobody wrote (RFC 3834): out-of-office notes and the like. They are no bounces. */
import { type Fields, field } from "./lenient-mime.ts";
import rules from "./rules/auto-replies.json" with { type: "json" };

/** Whether a mail, known to be no report, is an automatic answer. */
export function isAutoReply(fields: Fields, subject: string): boolean {
  // RFC 3834, 5: any value but `no`; `auto-generated` is of notices that answer nobody.
  if (/^auto-(?:replied|notified)/i.test(field(fields, "auto-submitted") ?? "")) return true;
  if (rules.precedences.includes(field(fields, "precedence")?.toLowerCase() ?? "")) return true;
  if (rules.headers.some((name) => isSet(field(fields, name)))) return true;
  const start = subject.toLowerCase().trimStart();
  return rules.subjectPrefixes.some((prefix) => start.startsWith(prefix));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.toLowerCase() !== "no";
}
