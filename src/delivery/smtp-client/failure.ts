/** Failures as outcomes have them. */
import type { Failure, RemoteHost, SmtpReply } from "../transport.ts";
import { ConnectionLost } from "./channel.ts";
import { type Reply, smtpReply } from "./reply.ts";

/** Where it came to a failure. */
export type Stage = Failure["stage"];

/**
 * A server's refusal. Before MAIL it concerns the session and not the message, so it is not for good, whatever the code:
 * it may be this host that is unwelcome, and its operator's to mend. Only 521 says that no mail is taken (RFC 7504).
 */
export function refusal(stage: Stage, reply: Reply, host: RemoteHost): Failure {
  const told = smtpReply(reply);
  const ofSession = stage === "greeting" || stage === "ehlo" || stage === "tls" || stage === "auth";
  return {
    stage,
    permanent: ofSession ? reply.code === 521 : reply.code >= 500,
    reply: told,
    message: `${host.name} said to ${commandOf[stage]}: ${sentence(told)}`,
    status: told.status ?? (reply.code >= 500 ? "5.0.0" : "4.0.0"),
    host,
    affectsDomain: ofSession || isOverloaded(told),
  };
}

/** A reply that is no answer to the command, such as 250 to DATA. */
export function senseless(stage: Stage, reply: Reply, host: RemoteHost): Failure {
  return {
    stage,
    permanent: false,
    reply: smtpReply(reply),
    message: `${host.name} gave an answer without sense to ${commandOf[stage]}: ${sentence(smtpReply(reply))}`,
    // Undefined error of the protocol (RFC 3463, 3.6).
    status: "4.5.0",
    host,
    affectsDomain: isSession(stage),
  };
}

/** A connection that ended too early. What the server may have said before it closed counts. */
export function lostConnection(stage: Stage, error: ConnectionLost, host: RemoteHost): Failure {
  if (error.farewell !== undefined) return { ...refusal(stage, error.farewell, host), affectsDomain: true };
  return {
    stage,
    permanent: false,
    reply: undefined,
    message: `The connection to ${host.name} was lost at ${commandOf[stage]}. ${error.message}`,
    // Bad connection (RFC 3463, 3.5).
    status: "4.4.2",
    host,
    affectsDomain: isSession(stage),
  };
}

/** A fault that was found on this side, for this message only. */
export function ownRefusal(fault: Pick<Failure, "stage" | "status" | "message" | "host">): Failure {
  return { ...fault, permanent: true, reply: undefined, affectsDomain: false };
}

/** A fault that was found on this side, because of which nothing goes to that host or domain now. */
export function unusable(fault: Pick<Failure, "stage" | "status" | "message" | "host">): Failure {
  return { ...fault, permanent: false, reply: undefined, affectsDomain: true };
}

/** The failure for whatever was thrown at that stage; what is no part of the conversation is thrown on. */
export function failureOf(stage: Stage, error: unknown, host: RemoteHost): Failure {
  if (error instanceof ConnectionLost) return lostConnection(stage, error, host);
  throw error;
}

/** Whether the server wants fewer connections, or none now (RFC 5321, 3.8; RFC 3463, 3.4 and 3.5). */
export function isOverloaded(reply: SmtpReply): boolean {
  if (reply.code === 421) return true;
  if (reply.code < 400 || reply.code >= 500) return false;
  const statuses = ["4.3.2", "4.4.5"];
  return (
    statuses.includes(reply.status ?? "") || /too many (?:concurrent |smtp )?(?:connections|sessions)/i.test(reply.text)
  );
}

function isSession(stage: Stage): boolean {
  return stage !== "mail" && stage !== "rcpt" && stage !== "data" && stage !== "body";
}

function sentence({ code, status, text }: SmtpReply): string {
  return [code, status, text].filter((part) => part !== undefined && part !== "").join(" ");
}

const commandOf: Readonly<Record<Stage, string>> = {
  route: "the lookup",
  connect: "the connection",
  greeting: "the connection",
  ehlo: "EHLO",
  tls: "STARTTLS",
  auth: "AUTH",
  mail: "MAIL",
  rcpt: "RCPT",
  data: "DATA",
  body: "the message",
};
