/** The Message-ID and Date that are set when a message is accepted. SES overrides those that a client sends. */

export interface Stamp {
  /** Without angle brackets: `id@region.amazonses.com`. */
  readonly messageId: string;
  readonly date: Date;
}

/** SES's limit on MIME parts in a message (its quotas page). */
export const maxMimeParts = 500;

/**
 * The two fields, each ended by CRLF.
 * @throws RangeError if the ID is not a valid Message-ID; this server generates it, so this is a bug.
 */
export function stampFields({ messageId, date }: Stamp): string {
  if (!/^[!-;=?A-~]+@[A-Za-z0-9.-]+$/.test(messageId)) {
    throw new RangeError(`Not a Message-ID: ${JSON.stringify(messageId)}`);
  }
  return `Message-ID: <${messageId}>\r\nDate: ${dateOf(date)}\r\n`;
}

let lastDate = { second: Number.NaN, text: "" };

/** Many messages have the same date, which has no fractions of a second. */
function dateOf(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  // RFC 5322, 3.3 requires a numeric zone; otherwise toUTCString has the same format.
  if (lastDate.second !== second) lastDate = { second, text: `${date.toUTCString().slice(0, -3)}+0000` };
  return lastDate.text;
}
