/** A temporary DNS failure (SERVFAIL, timeout): worth a retry. */
export class DnsError extends Error {
  override readonly name = "DnsError";
}
