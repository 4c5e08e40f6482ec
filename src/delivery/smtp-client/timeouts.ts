/** SMTP client timeouts in milliseconds (RFC 5321, 4.5.3.2). Most are the time that the server has to reply. */
export interface SmtpTimeouts {
  /** Until the connection is established. The RFC specifies none; operating systems give up after about two minutes. */
  readonly connect: number;
  /** The delay before the server's next address is tried in parallel (RFC 8305, 5). */
  readonly nextAddress: number;
  readonly greeting: number;
  /** EHLO, STARTTLS, AUTH and RSET. */
  readonly command: number;
  /** The TLS handshake. */
  readonly tls: number;
  readonly mail: number;
  readonly rcpt: number;
  readonly data: number;
  /** Until the server has accepted the next block of the message. */
  readonly block: number;
  /** From the final dot to the reply. */
  readonly body: number;
  /** From QUIT to the end of the connection. */
  readonly quit: number;
}

const minute = 60_000;

/** The RFC's values where it has any. */
export const defaultTimeouts: SmtpTimeouts = {
  connect: 30_000,
  nextAddress: 1000,
  greeting: 5 * minute,
  command: 5 * minute,
  tls: minute,
  mail: 5 * minute,
  rcpt: 5 * minute,
  data: 2 * minute,
  block: 3 * minute,
  body: 10 * minute,
  quit: 5000,
};
