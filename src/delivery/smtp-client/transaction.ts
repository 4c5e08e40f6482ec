/**
 * A mail transaction: one message over a connection (RFC 5321, 3.3). With PIPELINING (RFC 2920), MAIL, RCPT and DATA
 * are sent in one write, otherwise one by one. If the last transaction was aborted, RSET comes first. The first refusal
 * is the outcome.
 */
import type { Failure, Outcome, OutgoingMail, RemoteHost } from "../transport.ts";
import type { Channel } from "./channel.ts";
import { dotStuffed } from "./dot-stuffing.ts";
import type { Extensions } from "./extensions.ts";
import { failureOf, ownRefusal, refusal, senseless } from "./failure.ts";
import { type Reply, smtpReply } from "./reply.ts";
import type { SmtpTimeouts } from "./timeouts.ts";

/** The state of the connection that transactions run on. */
export interface Session {
  readonly channel: Channel;
  readonly host: RemoteHost;
  readonly extensions: Extensions;
  readonly timeouts: SmtpTimeouts;
  /** Whether the server may still be in an aborted transaction. */
  unfinished: boolean;
}

/** The result of a transaction. */
export interface Sent {
  readonly outcome: Outcome;
  /**
   * Whether the connection ended, by itself or with a 421, before the server refused anything or received the content.
   * The message can be sent again over another connection immediately.
   */
  readonly unheard: boolean;
}

interface Step {
  readonly stage: "mail" | "rcpt" | "data";
  readonly command: string;
  readonly accepted: (code: number) => boolean;
}

/** Sends a message. Afterwards, `session.channel.lost` is set if the connection can't be reused. */
export async function transact(session: Session, mail: OutgoingMail): Promise<Sent> {
  const size = mail.message.reduce((sum, piece) => sum + piece.length, 0);
  const fault = ownFault(session, mail, size);
  if (fault !== undefined) return { outcome: { delivered: false, failure: fault }, unheard: false };
  const steps: readonly Step[] = [
    { stage: "mail", command: mailCommand(session.extensions, mail, size), accepted: isPositive },
    { stage: "rcpt", command: `RCPT TO:<${mail.recipient}>\r\n`, accepted: isPositive },
    { stage: "data", command: "DATA\r\n", accepted: (code) => code === 354 },
  ];
  const before = session.extensions.pipelining ? await askTogether(session, steps) : await askInTurn(session, steps);
  if (before !== undefined) {
    const { failure, unheard } = before;
    // A 421 means that the connection is closed, even if the server leaves it open (RFC 5321, 3.8).
    if (failure.reply?.code === 421) session.channel.destroy("The server closes the connection.");
    return { outcome: { delivered: false, failure }, unheard };
  }
  return { outcome: await sendContent(session, mail.message), unheard: false };
}

interface Refused {
  readonly failure: Failure;
  readonly unheard: boolean;
}

async function askInTurn(session: Session, steps: readonly Step[]): Promise<Refused | undefined> {
  const { channel, host, timeouts } = session;
  if (session.unfinished) {
    try {
      channel.send("RSET\r\n", 1);
      await channel.read(timeouts.command);
    } catch (error) {
      return { failure: failureOf("mail", error, host), unheard: true };
    }
    session.unfinished = false;
  }
  for (const step of steps) {
    let reply: Reply;
    try {
      channel.send(step.command, 1);
      reply = await channel.read(timeouts[step.stage]);
    } catch (error) {
      return { failure: failureOf(step.stage, error, host), unheard: true };
    }
    if (!step.accepted(reply.code)) {
      session.unfinished = step.stage !== "mail";
      return refused(step, reply, session);
    }
  }
  return undefined;
}

async function askTogether(session: Session, steps: readonly Step[]): Promise<Refused | undefined> {
  const { channel, host, timeouts } = session;
  const reset = session.unfinished ? "RSET\r\n" : "";
  let first: Refused | undefined;
  let stage: Step["stage"] = "mail";
  let last: Reply | undefined;
  try {
    channel.send(reset + steps.map(({ command }) => command).join(""), steps.length + (reset === "" ? 0 : 1));
    if (reset !== "") await channel.read(timeouts.command);
    for (const step of steps) {
      stage = step.stage;
      last = await channel.read(timeouts[stage]);
      if (first === undefined && !step.accepted(last.code)) first = refused(step, last, session);
    }
    session.unfinished = first !== undefined;
    if (first !== undefined && last?.code === 354) await sendNothing(session, first);
  } catch (error) {
    // A refusal received before the connection ended stands.
    return first ?? { failure: failureOf(stage, error, host), unheard: true };
  }
  return first;
}

/**
 * Handles a server that accepted DATA after it refused RCPT: an empty message ends the transaction and goes to nobody
 * (RFC 2920, 3.1). If MAIL was refused instead, the server may have accepted the recipient, who would get the message.
 */
async function sendNothing({ channel, timeouts }: Session, { failure }: Refused): Promise<void> {
  if (failure.stage !== "rcpt") {
    channel.destroy("The server took DATA after it refused MAIL.");
    return;
  }
  channel.send(".\r\n", 1);
  await channel.read(timeouts.body);
}

async function sendContent({ channel, host, timeouts }: Session, message: readonly Uint8Array[]): Promise<Outcome> {
  let reply: Reply;
  try {
    const early = (await channel.sendMessage(dotStuffed(message), timeouts.block)) === "answered early";
    reply = await channel.read(timeouts.body);
    if (early) {
      channel.destroy("The server answered before it had the whole message.");
      if (isPositive(reply.code)) return { delivered: false, failure: senseless("body", reply, host) };
    }
  } catch (error) {
    return { delivered: false, failure: failureOf("body", error, host) };
  }
  if (isPositive(reply.code)) return { delivered: true, reply: smtpReply(reply), host };
  if (reply.code === 421) channel.destroy("The server closes the connection.");
  return {
    delivered: false,
    failure: isRefusal(reply) ? refusal("body", reply, host) : senseless("body", reply, host),
  };
}

function refused({ stage }: Step, reply: Reply, { channel, host }: Session): Refused {
  if (isRefusal(reply)) {
    return { failure: refusal(stage, reply, host), unheard: stage === "mail" && reply.code === 421 };
  }
  channel.destroy("The server sent an unexpected reply.");
  return { failure: senseless(stage, reply, host), unheard: false };
}

/** Faults that are detected without asking the server. */
function ownFault({ extensions, host }: Session, mail: OutgoingMail, size: number): Failure | undefined {
  const addresses = mail.returnPath + mail.recipient;
  const fault = (stage: "mail" | "rcpt", status: string, message: string) =>
    ownRefusal({ stage, status, message, host });
  // A line break would end the command line and start another command.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are refused here
  if (/[\u0000-\u001f\u007f]/.test(addresses)) {
    return fault("rcpt", "5.1.3", "An address of the envelope has control characters.");
  }
  if (needsUtf8(mail) && !extensions.smtpUtf8) {
    return fault("mail", "5.6.7", `${host.name} does not take internationalized mail (SMTPUTF8).`);
  }
  const limit = extensions.size?.limit;
  if (limit !== undefined && size > limit) {
    return fault("mail", "5.3.4", `The message has ${size} octets, and ${host.name} takes ${limit} at the most.`);
  }
  return undefined;
}

function mailCommand(extensions: Extensions, mail: OutgoingMail, size: number): string {
  const parameters = [
    extensions.size && `SIZE=${size}`,
    // Without 8BITMIME the message is sent unchanged: servers keep the eighth bit, and a conversion would break DKIM.
    mail.eightBit && extensions.eightBitMime && "BODY=8BITMIME",
    needsUtf8(mail) && "SMTPUTF8",
  ];
  return `${[`MAIL FROM:<${mail.returnPath}>`, ...parameters.filter(Boolean)].join(" ")}\r\n`;
}

function needsUtf8({ internationalized, returnPath, recipient }: OutgoingMail): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches non-ASCII characters
  return internationalized || /[^\u0000-\u007f]/.test(returnPath + recipient);
}

function isPositive(code: number): boolean {
  return code >= 200 && code < 300;
}

function isRefusal({ code }: Reply): boolean {
  return code >= 400;
}
