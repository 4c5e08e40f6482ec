/** Finds an address in texts that others wrote. */

/** Says whether a text has the address in it. */
export type Mentions = (text: string) => boolean;

/** What an address may consist of: next to it, it would be another address. */
const local = "[a-z0-9.!#$%&'*+/=?^_`{|}~-]";
/** An escape of JSON, also of JSON within JSON, ends with a letter or a digit that is no part of the address. */
const jsonEscape = String.raw`\\(?:[bfnrt]|u[0-9a-f]{4})`;
/** At least what an address takes. */
const encoded = /[A-Za-z0-9+/]{8,}={0,2}/g;

/**
 * A check for an address, in any case, as it is or within base64, as Firehose keeps records.
 * @param address in ASCII
 */
export function mentionsOf(address: string): Mentions {
  // As JSON writes it, since texts are JSON: quotes and backslashes are escaped.
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
