/** Finds an email address in arbitrary texts. */

/** Whether a text contains the address. */
export type Mentions = (text: string) => boolean;

/** The characters of a local part. If one of them precedes the match, it is another address. */
const local = "[a-z0-9.!#$%&'*+/=?^_`{|}~-]";
/** A JSON escape, also within nested JSON, ends with a letter or digit that is not part of the address. */
const jsonEscape = String.raw`\\(?:[bfnrt]|u[0-9a-f]{4})`;
/** A run of base64 that is long enough to contain an address. */
const encoded = /[A-Za-z0-9+/]{8,}={0,2}/g;

/**
 * Creates a case-insensitive check for an address, in plain text or within base64, in which Firehose stores records.
 * @param address in ASCII
 */
export function mentionsOf(address: string): Mentions {
  // Also JSON-escaped, with escaped quotes and backslashes, since texts may be JSON.
  const written = [address, JSON.stringify(address).slice(1, -1)].map((one) => one.replaceAll(/[^\w@]/g, "\\$&"));
  const found = new RegExp(
    `(?:^|(?<!${local})|(?<=${jsonEscape}))(?:${written.join("|")})(?![a-z0-9-]|\\.[a-z0-9])`,
    "i",
  );
  const at = (text: string) => found.test(text);
  return (text) => {
    if (at(text)) return true;
    for (const [run] of text.matchAll(encoded)) {
      if (at(Buffer.from(run, "base64").toString("latin1"))) return true;
    }
    return false;
  };
}
