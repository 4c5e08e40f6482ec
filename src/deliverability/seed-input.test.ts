import { expect, test } from "vitest";
import { createAuthority } from "../../test/support/certificates.ts";
import { readNewSeed, readSeedChange } from "./seed-input.ts";
import { SeedMailboxError } from "./seed-mailbox-error.ts";

const least = { address: "seed@example.com", isp: "Mailbox Inc", host: "imap.example.com", password: "secret" };

/** What is said of an input; it never repeats the password. */
function told(read: (body: unknown) => unknown, body: unknown): string {
  try {
    read(body);
  } catch (error) {
    if (!(error instanceof SeedMailboxError)) throw error;
    expect(error.status).toBe(400);
    expect(error.message).not.toContain("secret");
    return error.message;
  }
  throw new Error("it was not refused");
}

test("the least that is needed, with defaults", () => {
  const defaults = { security: "tls", junkFolder: null, authservId: null, ca: null, enabled: true };
  expect(readNewSeed(least)).toEqual({ ...least, ...defaults });
  expect(readSeedChange({ password: "new", junkFolder: null })).toEqual({ password: "new", junkFolder: null });
});

test("the domain of an address is written in lower case", () => {
  expect(readNewSeed({ ...least, address: "Seed@Example.COM" }).address).toBe("Seed@example.com");
});

test.each([
  [undefined, "A seed mailbox must be a JSON object."],
  [[least], /./],
  [{ ...least, host: undefined }, /^host must be/],
  [{ address: least.address }, 'The member "isp" is missing.'],
  [{ ...least, hint: "x" }, 'There is no member "hint" here.'],
  [{ ...least, address: "seed" }, "address must be the email address of the mailbox."],
  [{ ...least, address: "Seed <seed@example.com>" }, /^address/],
  [{ ...least, host: "imap.example.com/x" }, /^host/],
  [{ ...least, host: "" }, /^host/],
  [{ ...least, port: 0 }, "port must be a whole number from 1 to 65535."],
  [{ ...least, port: "993" }, /^port/],
  [{ ...least, security: "none" }, /never goes over a connection without TLS\.$/],
  [{ ...least, isp: "a\r\nb" }, /^isp must be a text of 1 to 64 characters without control characters\.$/],
  [{ ...least, user: "a\0" }, /^user/],
  [{ ...least, password: "" }, /^password/],
  [{ ...least, password: { secret: 1 } }, /^password/],
  [{ ...least, ca: "secret" }, "ca must be certificates in PEM, up to 64 KB."],
  [{ ...least, ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, /^ca/],
  [{ ...least, enabled: 1 }, "enabled must be true or false."],
] as const)("%j is refused", (body, text) => {
  expect(told(readNewSeed, body)).toMatch(text);
});

test("certificates come alone", async () => {
  const { key, cert } = await createAuthority();
  expect(readNewSeed({ ...least, ca: `${cert}\n${cert}` }).ca).toBe(`${cert}\n${cert}`);
  expect(told(readNewSeed, { ...least, ca: cert + key })).toBe("ca must be certificates in PEM, up to 64 KB.");
});

test("the address can't be changed", () => {
  expect(told(readSeedChange, { address: "other@example.com" })).toBe('There is no member "address" here.');
});
