/** What the delivery worker wants of SMTP: one message to one recipient, and what came of it. */

/** A message to one recipient, ready for the wire. */
export interface OutgoingMail {
  /** The recipient's address; its domain is where the mail goes. */
  readonly recipient: string;
  /** The domain of the recipient in lower case and ASCII, or an address literal in brackets. */
  readonly domain: string;
  /** The envelope's sender; empty for a bounce (RFC 5321, 4.5.5). */
  readonly returnPath: string;
  /** Lines end with CRLF; dots are not doubled yet. In pieces, so that headers can go before a body that is not copied. */
  readonly message: readonly Uint8Array[];
  /** Whether the message has bytes above 127 (RFC 6152). */
  readonly eightBit: boolean;
  /** Whether an address or a header is not ASCII (RFC 6531). */
  readonly internationalized: boolean;
  /** `required`: it goes over TLS with a certificate that holds, or not at all (TlsPolicy REQUIRE). */
  readonly tls: "required" | "opportunistic";
}

/** A reply of the other side, or what stands for one where there was none. */
export interface SmtpReply {
  /** The three digits. */
  readonly code: number;
  /** Such as `5.1.1` (RFC 3463, RFC 2034); undefined where the server gives none. */
  readonly status: string | undefined;
  /** All lines, without code and status, joined by a space. */
  readonly text: string;
}

/** Who was talked to. */
export interface RemoteHost {
  readonly name: string;
  readonly address: string;
}

/** Why a message was not taken. */
export interface Failure {
  /** Where it came to that. `route`: there is no server to talk to. */
  readonly stage: "route" | "connect" | "greeting" | "ehlo" | "tls" | "auth" | "mail" | "rcpt" | "data" | "body";
  /** Whether to give up: a reply of 5yz, a domain that takes no mail. */
  readonly permanent: boolean;
  /** What the server said; undefined where the fault was found on this side. */
  readonly reply: SmtpReply | undefined;
  /** For people and logs: what happened, in a sentence without secrets. */
  readonly message: string;
  /** The code of RFC 3463 that fits best: the server's own or, where it gave none, ours. */
  readonly status: string;
  readonly host: RemoteHost | undefined;
  /** The whole domain (server, relay) could not be used, so others for it need not try now. */
  readonly affectsDomain: boolean;
}

/** What came of a message. */
export type Outcome =
  | { readonly delivered: true; readonly reply: SmtpReply; readonly host: RemoteHost }
  | { readonly delivered: false; readonly failure: Failure };

/** Sends over pooled connections. */
export interface Transport {
  /**
   * Tries once, all servers of the domain included. Never rejects for what the other side did. The connection carries the
   * next message only after `settled` has resolved: so a process that is killed repeats at most the one message of each
   * connection whose outcome was not recorded yet.
   */
  deliver(mail: OutgoingMail, settled: (outcome: Outcome) => Promise<void>): Promise<void>;
  /**
   * Ends idle connections at once, and the others once their message is settled, or after `graceMs` milliseconds whatever
   * they are doing: their messages then fail for now. Nothing is delivered after it.
   */
  close(graceMs: number): Promise<void>;
}
