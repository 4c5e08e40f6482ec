/** Names of tags, and the tags that a mail itself names, as in Mailpit. */

/** Longer names are cut. */
const longest = 100;
/** More tags of a message are ignored. */
const most = 50;

/** Valid names, each once whatever its case, in order. Characters that no name may have are dropped. */
export function tagNames(given: readonly string[]): string[] {
  const names = new Map<string, string>();
  for (const text of given) {
    const name = text
      .slice(0, 1_000)
      .replaceAll(/[^a-zA-Z0-9\-. _]/g, "")
      .replaceAll(/\s+/g, " ")
      .trim()
      .slice(0, longest);
    if (name !== "" && !names.has(name.toLowerCase()) && names.size < most) names.set(name.toLowerCase(), name);
  }
  return [...names.values()].sort();
}

/** The tags in the header X-Tags, and those in addresses such as `name+tag@example.com`. */
export function tagsOfMail(xTags: string, addresses: readonly { address: string }[]): string[] {
  const inAddresses = addresses.flatMap(({ address }) => {
    const [, ...tags] = address.slice(0, address.lastIndexOf("@")).split("+");
    return tags;
  });
  return tagNames([...xTags.split(","), ...inAddresses]);
}
