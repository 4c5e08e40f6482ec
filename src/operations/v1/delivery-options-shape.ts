/** The form of delivery options in v1. */
import type { TlsPolicy as V1TlsPolicy } from "@aws-sdk/client-ses";
import type { TlsPolicy } from "@aws-sdk/client-sesv2";

/** A policy of v1 in v2's form; undefined for none. */
export function toV2TlsPolicy(policy: string | undefined): TlsPolicy | undefined {
  if (policy === undefined) return undefined;
  return policy === "Require" ? "REQUIRE" : "OPTIONAL";
}

/** A policy of v2 in v1's form; undefined for none. */
export function fromV2TlsPolicy(policy: TlsPolicy | undefined): V1TlsPolicy | undefined {
  return policy && (policy === "REQUIRE" ? "Require" : "Optional");
}
