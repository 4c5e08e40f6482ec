/** The DKIM attributes of an identity, as returned by operations. */
import type { DkimAttributes, DkimSigningKeyLength } from "@aws-sdk/client-sesv2";
import { type Proving, recordStatus } from "../../identities/status.ts";
import type { DkimKeyRow } from "../../stores/postgres/dkim-keys.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";

/**
 * The DKIM attributes of a domain, or of an address, which uses those of the nearest parent domain. They describe the
 * most recently requested key; while that key waits for its record, the previous key still signs. Exception: when Easy
 * DKIM replaces one of its own keys, they describe the key that signs, as in SES, and list both selectors.
 */
export function dkimAttributes(
  identity: EmailIdentity,
  above: EmailIdentity | undefined,
  proving: Proving,
): DkimAttributes {
  const domain = identity.type === "DOMAIN" ? identity : above;
  if (!domain?.dkim) {
    const Tokens = identity.type === "DOMAIN" ? [] : undefined;
    return { SigningEnabled: false, Status: "NOT_STARTED", Tokens };
  }
  const { dkim: current, nextDkim: next } = domain;
  const rotates = next?.origin === "AWS_SES" && current.origin === "AWS_SES";
  const shown = next && !rotates ? next : current;
  return {
    SigningEnabled: domain.dkimSigningEnabled,
    Status: recordStatus(shown, proving),
    Tokens: rotates ? [current.selector, next.selector] : [shown.selector],
    SigningAttributesOrigin: shown.origin,
    ...(shown.origin === "AWS_SES" ? easyDkim(shown, next ?? current) : {}),
  };
}

function easyDkim(shown: DkimKeyRow, newest: DkimKeyRow): DkimAttributes {
  return {
    NextSigningKeyLength: keyLength(newest),
    CurrentSigningKeyLength: keyLength(shown),
    LastKeyGenerationTimestamp: newest.generatedAt ?? undefined,
  };
}

function keyLength({ bits }: DkimKeyRow): DkimSigningKeyLength {
  return bits === 1024 ? "RSA_1024_BIT" : "RSA_2048_BIT";
}
