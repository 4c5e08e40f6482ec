/** The extensions that a server offers (RFC 5321, 4.1.1.1). */
import type { Reply } from "./reply.ts";

/** The extensions that the client uses. */
export interface Extensions {
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly startTls: boolean;
  /** SIZE (RFC 1870), with the server's limit in octets or undefined for no limit. Undefined if not offered. */
  readonly size: { readonly limit: number | undefined } | undefined;
  /** Names of SASL mechanisms in upper case (RFC 4954). */
  readonly auth: ReadonlySet<string>;
}

/** For a server that only supports HELO. */
export const noExtensions: Extensions = {
  pipelining: false,
  eightBitMime: false,
  smtpUtf8: false,
  startTls: false,
  size: undefined,
  auth: new Set(),
};

/** Parses the reply to EHLO. Its first line is the server's name. */
export function readExtensions({ lines }: Reply): Extensions {
  const offered = new Map<string, string[]>();
  for (const line of lines.slice(1)) {
    // Before RFC 2554, servers wrote `AUTH=`.
    const [keyword = "", ...values] = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, "AUTH ")
      .split(/ +/);
    const known = offered.get(keyword);
    if (known) known.push(...values);
    else offered.set(keyword, values);
  }
  const size = offered.get("SIZE");
  const limit = Number(size?.[0]);
  return {
    pipelining: offered.has("PIPELINING"),
    eightBitMime: offered.has("8BITMIME"),
    smtpUtf8: offered.has("SMTPUTF8"),
    startTls: offered.has("STARTTLS"),
    // 0: no fixed limit (RFC 1870, 4).
    size: size && { limit: Number.isSafeInteger(limit) && limit > 0 ? limit : undefined },
    auth: new Set(offered.get("AUTH")),
  };
}
