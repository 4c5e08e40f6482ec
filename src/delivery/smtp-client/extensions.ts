/** What a server offers (RFC 5321, 4.1.1.1). */
import type { Reply } from "./reply.ts";

/** The extensions that matter here. */
export interface Extensions {
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly startTls: boolean;
  /** Whether it wants to be told a message's size, and its limit in octets; undefined where it has none (RFC 1870). */
  readonly size: { readonly limit: number | undefined } | undefined;
  /** Names of SASL mechanisms in upper case (RFC 4954). */
  readonly auth: ReadonlySet<string>;
}

/** Those of a server that only knows HELO. */
export const noExtensions: Extensions = {
  pipelining: false,
  eightBitMime: false,
  smtpUtf8: false,
  startTls: false,
  size: undefined,
  auth: new Set(),
};

/** Reads the reply to EHLO; its first line is the server's name. */
export function readExtensions({ lines }: Reply): Extensions {
  const offered = new Map<string, string[]>();
  for (const line of lines.slice(1)) {
    // `AUTH=` is how servers wrote it before RFC 2554.
    const [keyword = "", ...values] = line
      .trim()
      .toUpperCase()
      .replace(/^AUTH=/, "AUTH ")
      .split(/ +/);
    offered.set(keyword, [...(offered.get(keyword) ?? []), ...values]);
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
