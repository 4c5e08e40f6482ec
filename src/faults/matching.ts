/** Which rules of faults are about a call, a message or an SMTP command. */
import type { FaultMatch, NewFaultRule } from "../admin-api/faults.ts";
import { canTell } from "./injected.ts";
import { type FaultPoint, type MessagePoint, smtpOperation } from "./points.ts";

/** What is to be decided: how work goes, or what becomes of a captured message. */
type Question = "work" | "outcome";

/**
 * Whether a rule is about the point. A rule without conditions on messages affects calls of the APIs before their input
 * is read; all other rules affect messages that are about to be accepted. Over SMTP there is only the latter.
 */
export function isAbout({ match = {}, effect }: NewFaultRule, point: FaultPoint, question: Question): boolean {
  if ((effect.type === "outcome") !== (question === "outcome")) return false;
  if (!isOperation(match, point.at === "smtp" ? smtpOperation : point.operation)) return false;
  if (point.at === "smtp") {
    if (effect.type !== "smtp" || effect.stage !== point.stage) return false;
    return isOf(match.sender, [point.sender]) && isOf(match.recipient, point.recipients ?? []);
  }
  if (effect.type === "smtp" && !(point.api === "smtp" && effect.stage === "END_OF_DATA")) return false;
  if (!canTell(effect, point.api)) return false;
  const asksForMessage = question === "outcome" || hasMessageConditions(match);
  if (point.at === "call") return !asksForMessage;
  if (!asksForMessage && point.api !== "smtp") return false;
  return isOfMessage(match, point);
}

function hasMessageConditions({ recipient, sender, tag, configurationSet }: FaultMatch): boolean {
  return [recipient, sender, tag, configurationSet].some((one) => one !== undefined);
}

function isOperation({ operation }: FaultMatch, name: string): boolean {
  if (operation === undefined) return true;
  return typeof operation === "string" ? operation === name : operation.includes(name);
}

function isOfMessage({ sender, recipient, tag = {}, configurationSet }: FaultMatch, message: MessagePoint): boolean {
  if (configurationSet !== undefined && configurationSet !== message.configurationSet) return false;
  if (!isOf(sender, [message.sender]) || !isOf(recipient, message.recipients)) return false;
  return Object.entries(tag).every(
    ([name, value]) => Object.hasOwn(message.tags, name) && message.tags[name]?.includes(value),
  );
}

/** Whether one of the addresses is the pattern's: an address, or a domain. */
function isOf(pattern: string | undefined, addresses: readonly (string | undefined)[]): boolean {
  if (pattern === undefined) return true;
  return addresses.some((address) => {
    const folded = address?.toLowerCase();
    return folded !== undefined && (folded === pattern || folded.endsWith(`@${pattern}`));
  });
}
