/** The question could not be answered now (SERVFAIL, no answer in time): worth a later try. */
export class DnsError extends Error {
  override readonly name = "DnsError";
}
