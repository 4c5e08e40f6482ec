/** Why a server refused mail, from what it said: for replies at our own SMTP client and for those that reports quote. */
import { findReply, isVague, statusSaid } from "./enhanced-status.ts";
import {
  afterCommand,
  type BounceType,
  type Finding,
  findingOfReply,
  findingOfStatus,
  findingOfText,
  isOfHost,
  meaningOf,
  type Reason,
} from "./rules.ts";

/** What a server said. */
export interface ServerReply {
  /** The SMTP reply code (RFC 5321, 4.2), such as `550`; found in the text where it is not given. */
  readonly code?: string | undefined;
  /** The enhanced status (RFC 3463), such as `5.1.1`; found in the text where it is not given. */
  readonly status?: string | undefined;
  /** The text, of several lines too; codes in it do no harm. */
  readonly text: string;
  /** The name of the server, and the recipient's domain: some mean things of their own. */
  readonly host?: string | undefined;
  /** What was refused, in upper case: `EHLO`, `MAIL`, `RCPT`, `DATA` (the message, too). */
  readonly command?: string | undefined;
}

/** What a reply means. */
export interface ReplyClass {
  readonly reason: Reason;
  /** What the bounce is when nobody tries again, whatever the class of the code: a 4xx may be final, too. */
  readonly bounceType: BounceType;
  readonly bounceSubType: string;
  /** The `delayType` of the DeliveryDelay event when somebody does. */
  readonly delayType: string;
  readonly code: string | undefined;
  readonly status: string | undefined;
  /** How specific what was found is: 0 where nothing was. */
  readonly weight: number;
}

/** Classifies a reply by the tables in rules/. Pure, never throws, linear in the text (the first 8 KB count). */
export function classifyReply(reply: ServerReply): ReplyClass {
  const code = reply.code ?? findReply(reply.text);
  const inText = statusSaid(reply.text);
  const status = inText !== undefined && !isVague(inText) ? inText : (reply.status ?? inText);
  const replyClass = (code ?? status)?.[0];
  const findings = [
    findingInWords(reply.text, code, (reply.host ?? "").toLowerCase(), replyClass),
    status === undefined ? undefined : findingOfStatus(status),
    code === undefined ? undefined : findingOfReply(code),
  ];
  let best: Finding = { reason: code === undefined && status === undefined ? "undefined" : "onhold", weight: 0 };
  for (const finding of findings) if (finding !== undefined && finding.weight > best.weight) best = finding;
  const reason = isOfHost(best) ? best.reason : afterCommand(best.reason, reply.command);
  return { reason, ...meaningOf(reason), code, status, weight: best.weight };
}

/** A finding as specific as this needs no other words. */
const tellingWeight = 10;

/**
 * What the server said goes before what a mailer wrote around it ("no connection got far enough; it said: 550 ..."),
 * and its first reply before those that follow from it.
 */
function findingInWords(
  text: string,
  code: string | undefined,
  host: string,
  replyClass: string | undefined,
): Finding | undefined {
  const quote = code === undefined ? -1 : text.indexOf(code);
  const whole = () => findingOfText(text, host, replyClass);
  if (quote < 0) return whole();
  const tail = text.slice(quote);
  const first = findingOfText(firstReply(tail), host, replyClass);
  if (first !== undefined && first.weight >= tellingWeight) return first;
  return (quote > 0 ? findingOfText(tail, host, replyClass) : undefined) ?? whole();
}

/** The lines of one reply: those that repeat its code or are indented (RFC 5321, 4.2.1, as mailers wrap it). */
function firstReply(tail: string): string {
  const code = tail.slice(0, 3);
  const lines = tail.slice(0, 6000).split("\n", 50);
  const end = lines.findIndex(
    (line, index) => index > 0 && !line.replace(/^<<< /, "").startsWith(code) && !/^[ \t]+(?![245]\d\d )\S/.test(line),
  );
  return (end < 0 ? lines : lines.slice(0, end)).join("\n");
}
