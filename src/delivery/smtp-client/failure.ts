/** Creates the failures that outcomes contain. */
import type { Failure, RemoteHost, SmtpReply } from "../transport.ts";
import { ConnectionLost } from "./channel.ts";
import { type Reply, smtpReply } from "./reply.ts";

export type Stage = Failure["stage"];

/**
 * A refusal by the server. Before MAIL it concerns the session and not the message, so it is transient whatever its
 * code: the server may be blocking this host, which its operator can fix. Only 521 says that a host accepts no mail
 * (RFC 7504).
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

/** A reply that is not valid for the command, such as 250 to DATA. */
export function senseless(stage: Stage, reply: Reply, host: RemoteHost): Failure {
  return {
    stage,
    permanent: false,
    reply: smtpReply(reply),
    message: `${host.name} sent an unexpected reply to ${commandOf[stage]}: ${sentence(smtpReply(reply))}`,
    // Undefined protocol error (RFC 3463, 3.6).
    status: "4.5.0",
    host,
    affectsDomain: isSession(stage),
  };
}

/** A lost connection. If the server sent a 421 before it closed the connection, that reply is the failure. */
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

/** A fault detected by the client that affects only this message. */
export function ownRefusal(fault: Pick<Failure, "stage" | "status" | "message" | "host">): Failure {
  return { ...fault, permanent: true, reply: undefined, affectsDomain: false };
}

/** A fault detected by the client that prevents all delivery to the host or domain for now. */
export function unusable(fault: Pick<Failure, "stage" | "status" | "message" | "host">): Failure {
  return { ...fault, permanent: false, reply: undefined, affectsDomain: true };
}

/** This machine does not have the address that the mail must leave from: its operator can fix that (RFC 3463, 3.4). */
export function unavailableSource(message: string): Failure {
  return { ...ownFault("connect", "4.3.5", message), source: "unavailable" };
}

/** The server has no address that can be reached from a local address of one family. */
export function otherFamily(server: string): Failure {
  const message = `The mail server ${server} has no address of the family of the local address.`;
  return { ...ownFault("route", "4.4.4", message), source: "other-family" };
}

function ownFault(stage: Stage, status: string, message: string): Failure {
  return { stage, permanent: false, reply: undefined, message, status, host: undefined, affectsDomain: false };
}

/** The failure for an error at that stage. Rethrows errors other than ConnectionLost. */
export function failureOf(stage: Stage, error: unknown, host: RemoteHost): Failure {
  if (error instanceof ConnectionLost) return lostConnection(stage, error, host);
  throw error;
}

/** Whether the server asks for fewer connections, or none for now (RFC 5321, 3.8; RFC 3463, 3.4 and 3.5). */
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
