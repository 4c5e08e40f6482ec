import { describe, expect, it } from "vitest";
import type { UsableKey } from "./access-keys.ts";
import { createSmtpLogins, smtpPassword } from "./smtp-credentials.ts";

// Made by Terraform's AWS provider, whose users sign in to SES with them.
const known = [
  ["eu-central-1", "some+secret+key", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"],
  ["eu-central-1", "another+secret+key", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"],
  ["us-west-1", "some+secret+key", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"],
  ["us-west-1", "another+secret+key", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"],
] as const;

it.each(known)("the password in %s of %s is SES's", (region, secret, password) => {
  expect(smtpPassword(secret, region)).toBe(password);
});

describe("a login", () => {
  const session = { tokenHash: new Uint8Array(32), expiresAt: new Date(8e15) };
  const owner = { accountId: "000000000000", operator: true, rights: undefined };
  const keys: UsableKey[] = [
    { ...owner, id: "AKIALONGTERM", secretAccessKey: "some+secret+key", session: undefined },
    { ...owner, id: "ASIATEMPORARY", secretAccessKey: "some+secret+key", session },
  ];
  const used: string[] = [];
  const verify = createSmtpLogins({
    keys: { find: async (id) => keys.find((key) => key.id === id), used: (id) => used.push(id) },
    regions: ["us-west-1", "eu-central-1"],
  });
  const right = smtpPassword("some+secret+key", "us-west-1");

  it("is good with the password of this region, and then counts as a use", async () => {
    expect(await verify("AKIALONGTERM", right)).toEqual({ ...owner, accessKeyId: "AKIALONGTERM", region: "us-west-1" });
    expect(used).toEqual(["AKIALONGTERM"]);
  });

  it("is for the region of the password", async () => {
    const elsewhere = smtpPassword("some+secret+key", "eu-central-1");
    expect(await verify("AKIALONGTERM", elsewhere)).toMatchObject({ region: "eu-central-1" });
  });

  it.each([
    ["another region's password", "AKIALONGTERM", smtpPassword("some+secret+key", "us-east-1")],
    ["the secret itself", "AKIALONGTERM", "some+secret+key"],
    ["a part of the password", "AKIALONGTERM", right.slice(0, -1)],
    ["no password", "AKIALONGTERM", ""],
    ["an unknown user", "AKIANOBODY", right],
    ["a temporary key", "ASIATEMPORARY", right],
  ])("is not with %s", async (_what, user, password) => {
    used.length = 0;
    expect(await verify(user, password)).toBeUndefined();
    expect(used).toEqual([]);
  });
});
