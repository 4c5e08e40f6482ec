/** Classifies why a server rejected mail, for replies to our own SMTP client and replies that reports quote. */
import { findReply, findStatus, isVague, statusSaid } from "./enhanced-status.ts";
import { withoutExceptions } from "./exceptions.ts";
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
import { type Guess, likelyReason } from "./word-vote.ts";
import { longestText } from "./words.ts";

export interface ServerReply {
  /** The SMTP reply code (RFC 5321, 4.2), such as `550`; taken from the text if absent. */
  readonly code?: string | undefined;
  /** The enhanced status (RFC 3463), such as `5.1.1`; taken from the text if absent. */
  readonly status?: string | undefined;
  /** May have several lines and contain codes. */
  readonly text: string;
  /** The name of the server, and the recipient's domain: some phrases have a special meaning for some servers. */
  readonly host?: string | undefined;
  /** The rejected command, in upper case: `EHLO`, `MAIL`, `RCPT`, `DATA` (which includes the message). */
  readonly command?: string | undefined;
}

export interface ReplyClass {
  readonly reason: Reason;
  /** The type of the bounce if the mail is not retried. */
  readonly bounceType: BounceType;
  readonly bounceSubType: string;
  /** The `delayType` of the DeliveryDelay event if the mail is retried. */
  readonly delayType: string;
  readonly code: string | undefined;
  readonly status: string | undefined;
  /** How specific the finding is; 0 if nothing was found. */
  readonly weight: number;
  /**
   * Whether the reason is not enough to treat the address as invalid: it was guessed from words that match no rule, or
   * the server said it with class 4.
   */
  readonly guessed: true | undefined;
}

/** The share of the likelihood at which a guess overrides a mailer's own status. */
const sure = 0.8;

/** Classifies a reply by the tables in rules/. Pure, never throws, linear in the text (the first 8 KB are read). */
export function classifyReply(reply: ServerReply): ReplyClass {
  const code = reply.code ?? findReply(reply.text);
  const quote = code === undefined ? -1 : reply.text.indexOf(code);
  const said = quote < 0 ? reply.text : firstReply(reply.text.slice(quote));
  const saidStatus = findStatus(said);
  const status = [saidStatus, reply.status, statusSaid(reply.text)].find((one) => one !== undefined && !isVague(one));
  const host = (reply.host ?? "").toLowerCase();
  const replyClass = (code ?? status ?? reply.status ?? saidStatus)?.[0];
  const ofStatus = status === undefined ? undefined : findingOfStatus(status, status === saidStatus || quote < 0);
  const ofCode = code === undefined ? undefined : findingOfReply(code);
  const guess = () => likelyReason(quote < 0 ? reply.text : said, replyClass);
  const find = (text: string) => findingOfText(text, host, replyClass, reply.command);
  // The server's reply takes precedence over a mailer's text around it ("no connection got far enough; said: 550 ...").
  const ofServer = outvoted(heavier(find(said), ofStatus), guess);
  const best =
    ofServer ??
    (quote < 0 ? undefined : find(reply.text.slice(quote))) ??
    (quote <= 0 ? undefined : find(reply.text)) ??
    guess() ??
    ofCode ??
    nothing(code ?? status);
  const wanted = holdsAfter(reply.command, best) ? best.reason : afterCommand(best.reason, reply.command);
  const isOwnText = quote < 0 || ofServer === undefined;
  const shown = isOwnText && isPermanent(wanted) ? paragraphsOf(wanted, reply.text, find) : "";
  const told = quote < 0 ? shown || reply.text : `${said}\n${shown}`;
  const passing = isPassing({ code, saidStatus, status: status ?? reply.status });
  const reason = withoutExceptions(wanted, told, passing && !best.certain);
  // A server that is sure of what it says, but has said it with class 4, may say another thing tomorrow.
  const unsure = isPermanent(reason) && isPassing({ code, saidStatus, status: undefined }) ? true : best.guessed;
  const reported = status ?? reply.status ?? saidStatus ?? statusSaid(reply.text);
  return { reason, ...meaningOf(reason), code, status: reported, weight: best.weight, guessed: unsure };
}

/** Whether the reason is the same whatever the command: phrases of particular servers, and of users looked up. */
function holdsAfter(command: string | undefined, finding: Finding): boolean {
  return isOfHost(finding) || (finding.certain === true && (command === "DATA" || command === "UNKNOWN"));
}

function isPermanent(reason: Reason): boolean {
  return meaningOf(reason).bounceType === "Permanent";
}

/**
 * The paragraphs of a mailer's text that have a phrase of the reason: what it says elsewhere is of any mail ("is only a
 * temporary failure").
 */
function paragraphsOf(reason: Reason, text: string, find: (text: string) => Finding | undefined): string {
  const paragraphs = text.slice(0, longestText).split(/\n[ \t]{0,80}\n/, 100);
  return paragraphs.filter((one) => find(one)?.reason === reason).join("\n");
}

/**
 * Whether the class is that of a failure that passes (RFC 3463, 3.1), though the mailer has given up: a server that is
 * being set up or moved says 4yz of users whom it will know again. Either of the server's two codes is enough. The
 * mailer's status counts unless the server has said another.
 */
function isPassing(codes: { code: string | undefined; saidStatus: string | undefined; status: string | undefined }) {
  const { code, saidStatus, status } = codes;
  return [code, saidStatus, saidStatus ?? status].some((one) => one?.startsWith("4"));
}

function heavier(one: Finding | undefined, other: Finding | undefined): Finding | undefined {
  return one !== undefined && other !== undefined && other.weight > one.weight ? other : (one ?? other);
}

/** A sure guess from the server's words overrides a status that the mailer chose. */
function outvoted(finding: Finding | undefined, guess: () => Guess | undefined): Finding | undefined {
  if (!finding?.ofMailer) return finding;
  const other = guess();
  return other !== undefined && other.share >= sure ? { ...other, weight: finding.weight } : finding;
}

function nothing(said: string | undefined): Finding {
  return { reason: said === undefined ? "undefined" : "onhold", weight: 0 };
}

/** The lines of one reply: those announced by a hyphen (RFC 5321, 4.2.1), and those that mailers wrap and indent. */
export function firstReply(tail: string): string {
  const lines = tail.slice(0, 6000).split("\n", 50);
  const announced = lastAnnounced(lines);
  const end = lines.findIndex((line, index) => {
    if (index <= announced) return false;
    const before = lines[index - 1];
    if (before === undefined || /^(?:<<<)?[ \t]*[245]\d\d-/.test(before)) return false;
    return !/^[ \t]+(?![245]\d\d )\S/.test(line);
  });
  const reply = end < 0 ? lines : lines.slice(0, end);
  const goesOn = /^(?:<<<)?[ \t]*[245]\d\d/.test(reply[1] ?? "");
  return (goesOn ? reply : (transcribed(reply, tail) ?? reply)).join("\n");
}

/** Index of a multiline reply's last line. A mailer may have wrapped its lines, so lines between may lack the code. */
function lastAnnounced(lines: readonly string[]): number {
  const code = /^([245]\d\d)-/.exec(lines[0] ?? "")?.[1];
  let last = 0;
  for (let index = 1; code !== undefined && index < lines.length && index - last <= 2; index++) {
    if (lines[index]?.startsWith(`${code}-`) || lines[index]?.startsWith(`${code} `)) last = index;
  }
  return last;
}

/** Sendmail gives the first line of a reply as the reason, and quotes the whole reply in the transcript below. */
function transcribed(reply: readonly string[], tail: string): string[] | undefined {
  const opening = /^[245]\d\d-/.exec(reply[0] ?? "")?.[0];
  const at = opening === undefined ? -1 : tail.indexOf(`<<< ${opening}`);
  if (at < 0 || opening === undefined) return undefined;
  const lines = tail.slice(at, at + 6000).split("\n", 50);
  const end = lines.findIndex((line) => !line.startsWith("<<< "));
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => line.slice("<<< ".length));
}
