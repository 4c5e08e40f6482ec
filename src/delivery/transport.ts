/** The interface between the delivery worker and SMTP: one message to one recipient, and its outcome. */

import type { Source } from "./sources/source.ts";

/** A message to one recipient, ready for the wire. */
export interface OutgoingMail {
  /** The recipient's address. */
  readonly recipient: string;
  /** The domain of the recipient in lower case and ASCII, or an address literal in brackets. */
  readonly domain: string;
  /** The envelope sender; empty for a bounce (RFC 5321, 4.5.5). */
  readonly returnPath: string;
  /** With CRLF, without dot-stuffing. In pieces, so that headers can be added without copying the body. */
  readonly message: readonly Uint8Array[];
  /** Whether the message has bytes above 127 (RFC 6152). */
  readonly eightBit: boolean;
  /** Whether an address or a header contains non-ASCII characters (RFC 6531). */
  readonly internationalized: boolean;
  /** `required`: the mail is only sent over TLS with a valid certificate (TlsPolicy REQUIRE). */
  readonly tls: "required" | "opportunistic";
  /** The addresses to send from, in the order to try them; undefined for the server's own address. */
  readonly sources?: readonly Source[] | undefined;
}

/** A reply from the remote server. */
export interface SmtpReply {
  /** The three-digit reply code. */
  readonly code: number;
  /** The enhanced status code, such as `5.1.1` (RFC 3463, RFC 2034); undefined if the server gives none. */
  readonly status: string | undefined;
  /** All lines, without code and status, joined by a space. */
  readonly text: string;
}

/** The remote server. */
export interface RemoteHost {
  readonly name: string;
  readonly address: string;
}

/** Why a message was not accepted. */
export interface Failure {
  /** The stage at which delivery failed. `route`: there was no server to connect to. */
  readonly stage: "route" | "connect" | "greeting" | "ehlo" | "tls" | "auth" | "mail" | "rcpt" | "data" | "body";
  /** Whether to give up, such as after a 5yz reply or for a domain that accepts no mail. */
  readonly permanent: boolean;
  /** The server's reply; undefined if the client detected the fault. */
  readonly reply: SmtpReply | undefined;
  /** Describes the failure to people and in logs, without secrets. */
  readonly message: string;
  /** The enhanced status code (RFC 3463): the server's own, or the closest one if it gave none. */
  readonly status: string;
  readonly host: RemoteHost | undefined;
  /** Whether the whole domain (server, relay) can't be used, so that other mail for it should wait. */
  readonly affectsDomain: boolean;
  /**
   * Set if the local address is the reason: the server has no address of its family, or this machine does not have it.
   */
  readonly source?: "other-family" | "unavailable";
}

/** The outcome of a delivery attempt. `ehloName` is set if it was made from a dedicated address. */
export type Outcome = { readonly ehloName?: string } & (
  | { readonly delivered: true; readonly reply: SmtpReply; readonly host: RemoteHost }
  | { readonly delivered: false; readonly failure: Failure }
);

/** Sends over pooled connections. */
export interface Transport {
  /**
   * Makes one attempt, which includes all servers of the domain. Never rejects because of what the remote side does. A
   * connection carries the next message only after `settled` has resolved, so a killed process repeats at most one
   * message per connection: the one whose outcome was not recorded yet.
   */
  deliver(mail: OutgoingMail, settled: (outcome: Outcome) => Promise<void>): Promise<void>;
  /**
   * Closes idle connections immediately and busy ones once their message is settled. After `graceMs` milliseconds, ends
   * all of them, and their messages fail transiently. Nothing is delivered afterwards.
   */
  close(graceMs: number): Promise<void>;
}
