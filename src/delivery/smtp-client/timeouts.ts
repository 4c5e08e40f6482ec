/** How long an SMTP server has for each of its replies, in milliseconds (RFC 5321, 4.5.3.2). */
export interface SmtpTimeouts {
  /** Until the connection stands. The RFC has none; systems give up after about two minutes. */
  readonly connect: number;
  /** Until the next address of the server is tried while the first has not answered (RFC 8305, 5). */
  readonly nextAddress: number;
  readonly greeting: number;
  /** EHLO, STARTTLS, AUTH and RSET. */
  readonly command: number;
  /** The handshake. */
  readonly tls: number;
  readonly mail: number;
  readonly rcpt: number;
  readonly data: number;
  /** Until the server has taken the next part of the message. */
  readonly block: number;
  /** From the final dot to the reply. */
  readonly body: number;
  /** From QUIT to the end of the connection. */
  readonly quit: number;
}

const minute = 60_000;

/** The RFC's values. */
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
