/** A private key as people paste it into the form of an identity. */
import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { readDkimKey } from "../../src/mail/dkim/keys.ts";
import { bareKey, signingAttributes } from "../../web/src/pages/identities/signing-key.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });

it.each(["pkcs1", "pkcs8"] as const)("a PEM file of %s is sent as the server reads it", (type) => {
  const pem = privateKey.export({ format: "pem", type });
  for (const text of [String(pem), String(pem).replaceAll("\n", "\r\n"), bareKey(String(pem))]) {
    expect(readDkimKey(bareKey(text)).equals(privateKey)).toBe(true);
  }
});

it("only what was chosen is sent", () => {
  const form = { selector: " mine ", privateKey: "AB\nCD" };
  expect(signingAttributes({ ...form, kind: "RSA_1024_BIT" })).toEqual({ NextSigningKeyLength: "RSA_1024_BIT" });
  expect(signingAttributes({ ...form, kind: "own" })).toEqual({
    DomainSigningSelector: "mine",
    DomainSigningPrivateKey: "ABCD",
  });
});
