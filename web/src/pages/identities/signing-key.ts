/** Which DKIM key a domain is to have, as a form holds it and as SES takes it. */
import type { Input } from "../../../../src/contract/types.ts";

/** A key that the server makes (Easy DKIM), of so many bits, or one of the reader's own (BYODKIM). */
export interface SigningKeyForm {
  kind: "RSA_2048_BIT" | "RSA_1024_BIT" | "own";
  /** Of one's own key. */
  selector: string;
  /** As pasted. */
  privateKey: string;
}

export const newSigningKey: SigningKeyForm = { kind: "RSA_2048_BIT", selector: "", privateKey: "" };

type Attributes = NonNullable<Input<"CreateEmailIdentity">["DkimSigningAttributes"]>;

/** What SES is told. */
export function signingAttributes({ kind, selector, privateKey }: SigningKeyForm): Attributes {
  return kind === "own"
    ? { DomainSigningSelector: selector.trim(), DomainSigningPrivateKey: bareKey(privateKey) }
    : { NextSigningKeyLength: kind };
}

/** SES takes what stands between the first and the last line of a PEM file; people paste the file. */
export function bareKey(text: string): string {
  return text.replaceAll(/-----(BEGIN|END) [A-Z ]+-----/g, "").replaceAll(/\s+/g, "");
}
