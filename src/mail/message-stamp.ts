/** What is set when a message is accepted: its Message-ID and Date. SES overrides those that a client sends. */

/** A message's id and date. */
export interface Stamp {
  /** Without angle brackets: `id@region.amazonses.com`. */
  readonly messageId: string;
  readonly date: Date;
}

/** SES's limit of MIME parts in a message (its quotas page). */
export const maxMimeParts = 500;

/**
 * The two fields, each ended by CRLF.
 * @throws RangeError where the id is no Message-ID; it is this server's own, so that is a defect.
 */
export function stampFields({ messageId, date }: Stamp): string {
  if (!/^[!-;=?A-~]+@[A-Za-z0-9.-]+$/.test(messageId)) {
    throw new RangeError(`Not a Message-ID: ${JSON.stringify(messageId)}`);
  }
  // RFC 5322, 3.3, wants a numeric zone; toUTCString differs in nothing else.
  return `Message-ID: <${messageId}>\r\nDate: ${date.toUTCString().slice(0, -3)}+0000\r\n`;
}
