/** The tags of a link: what `ses:tags` says of it, for the click's event. */

/** Values by name. */
export type LinkTags = Readonly<Record<string, readonly string[]>>;

/** What SES takes for names and values of a message's tags; a link's are held to the same. */
const tagText = /^[A-Za-z0-9_-]{1,256}$/;

/** A message may have so many tags; a link gets no more. */
const maxTags = 50;

/** Reads `name:value;name:value;`. What is no tag is left out; undefined where nothing is left. */
export function readLinkTags(text: string): LinkTags | undefined {
  const tags = new Map<string, string[]>();
  let count = 0;
  for (const pair of text.split(";")) {
    const colon = pair.indexOf(":");
    if (colon < 0) continue;
    const name = pair.slice(0, colon).trim();
    const value = pair.slice(colon + 1).trim();
    if (!tagText.test(name) || !tagText.test(value)) continue;
    if (++count > maxTags) break;
    const values = tags.get(name);
    if (values) values.push(value);
    else tags.set(name, [value]);
  }
  return count === 0 ? undefined : Object.fromEntries(tags);
}
