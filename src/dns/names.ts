/** Names in DNS. */

/** RFC 1035, 2.3.4; the underscore as in `_dmarc` (RFC 8552). */
const domainName = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/i;

/** Whether there can be such a name, in ASCII and without a final dot; others are not asked for. */
export function isDomainName(text: string): boolean {
  return domainName.test(text);
}

/** The addresses of `localhost` and the names below it, which no server is asked for (RFC 6761, 6.3). */
export function localAddresses(name: string): readonly string[] | undefined {
  return /(?:^|\.)localhost$/i.test(name) ? ["::1", "127.0.0.1"] : undefined;
}
