import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { keyRecord, publishesKey } from "./key-record.ts";
import {
  DkimKeyError,
  dkimKeyBytes,
  dkimKeyFromBytes,
  generateDkimKey,
  keyBits,
  publicKeyText,
  readDkimKey,
} from "./keys.ts";

const rsa = (bits: number) => generateKeyPairSync("rsa", { modulusLength: bits }).privateKey;

describe("DKIM keys", () => {
  test.each([1024, 2048] as const)("of %i bits are made, kept and read back", async (bits) => {
    const key = await generateDkimKey(bits);
    expect(keyBits(key)).toBe(bits);
    expect(dkimKeyFromBytes(dkimKeyBytes(key)).equals(key)).toBe(true);
  });

  test.each(["pkcs1", "pkcs8"] as const)("are read from %s in Base64, with or without line breaks", (type) => {
    const key = rsa(1024);
    const pem = key.export({ format: "pem", type }).toString();
    const body = pem.replace(/-----[^-]+-----/g, "");
    expect(readDkimKey(body).equals(key)).toBe(true);
    expect(readDkimKey(body.replace(/\s/g, "")).equals(key)).toBe(true);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["other bytes", Buffer.from("secret").toString("base64")],
    ["no Base64", "-----BEGIN"],
    ["a public key", publicKeyText(rsa(1024))],
    [
      "a key that is not RSA",
      generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    ],
    ["too much", "A".repeat(30_000)],
  ])("%s is refused", (_, text) => {
    expect(() => readDkimKey(text)).toThrow(new DkimKeyError("The private key must be a base64-encoded RSA key."));
  });

  test.each([768, 3072])("%i bits are refused", (bits) => {
    const text = rsa(bits).export({ format: "der", type: "pkcs8" }).toString("base64");
    expect(() => readDkimKey(text)).toThrow(/at least 1024-bit and at most 2048-bit/);
  });
});

describe("publishesKey", () => {
  const key = publicKeyText(rsa(1024));

  test.each([
    keyRecord(key),
    `p=${key}`,
    `k=rsa;p=${key};`,
    `v=DKIM1; h=sha1:sha256 ; s=email; t=y; n=note; p=${key.slice(0, 60)} ${key.slice(60)}`,
    `v=DKIM1; s=*; p=${key}`,
  ])("%s does", (record) => expect(publishesKey(record, key)).toBe(true));

  test.each([
    "",
    "p=",
    "v=DKIM1; k=rsa; p=",
    keyRecord(publicKeyText(rsa(1024))),
    `v=DKIM2; p=${key}`,
    `k=ed25519; p=${key}`,
    `h=sha1; p=${key}`,
    `s=tlsrpt; p=${key}`,
    `p=${key}; p=${key}`,
    `nonsense; p=${key}`,
    `p=${key}; n=${"x".repeat(5000)}`,
  ])("%s does not", (record) => expect(publishesKey(record, key)).toBe(false));
});
