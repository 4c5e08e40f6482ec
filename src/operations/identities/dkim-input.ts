/** Reads DKIM input. */
import type { KeyObject } from "node:crypto";
import { errors } from "../../contract/errors.ts";
import type { Input } from "../../contract/types.ts";
import { type DkimKeyBits, DkimKeyError, readDkimKey } from "../../mail/dkim/keys.ts";

/** Easy DKIM, with the requested key length if given; or a key of the caller's. */
export type WantedDkim =
  | { readonly origin: "AWS_SES"; readonly bits: DkimKeyBits | undefined }
  | { readonly origin: "EXTERNAL"; readonly selector: string; readonly key: KeyObject };

type SigningAttributes = Input<"PutEmailIdentityDkimSigningAttributes">["SigningAttributes"];

/**
 * Reads signing attributes. Throws a bad request for attributes that contradict each other or the origin, and for an
 * invalid key.
 * @param origin undefined to derive it from the attributes: a selector or a key makes it EXTERNAL.
 */
export function readWantedDkim(origin: string | undefined, attributes: SigningAttributes): WantedDkim {
  const { DomainSigningSelector, DomainSigningPrivateKey, NextSigningKeyLength, DomainSigningAttributesOrigin } =
    attributes ?? {};
  if (DomainSigningAttributesOrigin) throw errors.dkimOrigin(DomainSigningAttributesOrigin);
  const given = DomainSigningSelector !== undefined || DomainSigningPrivateKey !== undefined;
  switch (origin ?? (given ? "EXTERNAL" : "AWS_SES")) {
    case "AWS_SES":
      if (given) throw errors.dkimKeyOfEasyDkim();
      return {
        origin: "AWS_SES",
        bits: NextSigningKeyLength && (NextSigningKeyLength === "RSA_1024_BIT" ? 1024 : 2048),
      };
    case "EXTERNAL":
      if (!DomainSigningSelector || !DomainSigningPrivateKey) throw errors.dkimKeyIncomplete();
      if (NextSigningKeyLength) throw errors.dkimKeyAndLength();
      return {
        origin: "EXTERNAL",
        selector: DomainSigningSelector,
        key: readKey(DomainSigningPrivateKey),
      };
    default:
      throw errors.dkimOrigin(origin ?? "");
  }
}

function readKey(text: string): KeyObject {
  try {
    return readDkimKey(text);
  } catch (error) {
    throw error instanceof DkimKeyError ? errors.dkimKeyInvalid(error.message) : error;
  }
}
