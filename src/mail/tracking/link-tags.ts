/** Parses the tags of a link (`ses:tags`), for the click event. */

/** Values by name. */
export type LinkTags = Readonly<Record<string, readonly string[]>>;

/** The names and values that SES allows for message tags; link tags follow the same rule. */
const tagText = /^[A-Za-z0-9_-]{1,256}$/;

/** The limit on message tags, also used for link tags. */
const maxTags = 50;

/** Parses `name:value;name:value;`. Ignores invalid tags; undefined if there are no valid ones. */
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
