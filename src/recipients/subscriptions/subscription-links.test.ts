import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { defaultScope } from "../../stores/postgres/database.ts";
import { createSubscriptionLinks } from "./subscription-links.ts";

const links = createSubscriptionLinks(Buffer.from("a key"), () => "https://mail.example.com");
const tokenOf = (url: string) => new URL(url).pathname.slice("/subscriptions/".length);

const grants = fc.record({
  scope: fc.oneof(fc.constant(defaultScope), fc.nat()),
  messageId: fc.string(),
  recipient: fc.string(),
  list: fc.string(),
  topic: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
});

it("stands for what it was made for, in characters that no mail program breaks", () => {
  fc.assert(
    fc.property(grants, (grant) => {
      const url = links.url(grant);
      expect(url).toMatch(/^https:\/\/mail\.example\.com\/subscriptions\/[\w-]+\.[\w-]{43}$/);
      expect(links.read(tokenOf(url))).toEqual(grant);
    }),
  );
});

it("stands for nothing once a character is changed, missing or added, or with another key", () => {
  const others = createSubscriptionLinks(Buffer.from("another key"), () => "https://mail.example.com");
  fc.assert(
    fc.property(grants, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (grant, place, character) => {
      const token = tokenOf(links.url(grant));
      const at = place % token.length;
      expect(others.read(token)).toBeUndefined();
      expect(links.read(token.slice(0, at) + token.slice(at + 1))).toBeUndefined();
      expect(links.read(token.slice(0, at) + character + token.slice(at))).toBeUndefined();
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      if (changed !== token) expect(links.read(changed)).toBeUndefined();
    }),
  );
});

it("is short enough for a line of a message (RFC 5322, 2.1.1), whatever SES allows", () => {
  const recipient = `${"a".repeat(64)}@${"b".repeat(255)}`;
  const messageId = "0100019c0a5b2c3d-00000000-0000-0000-0000-000000000000-000000";
  const url = links.url({ scope: 2 ** 31, messageId, recipient, list: "l".repeat(64), topic: "t".repeat(64) });
  expect(`List-Unsubscribe: <${url}>`.length).toBeLessThan(998);
});

it("a link that was made before is still read", () => {
  const old = createSubscriptionLinks(Buffer.alloc(32, 7), () => "https://mail.example.com");
  const messageId = "010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000";
  const grant = { scope: defaultScope, messageId, recipient: "ann@example.org", list: "news", topic: "weekly" };
  const token =
    "WyIwMTAwMDFhMjBhMmY1YzAxLTZkMGM1YzBlLTdhM2YtNGI1Ny05YzU0LTNmNmEyYzFhOWIxMC0wMDAwMDAiLCJhbm5AZXhhbXBsZS5vcmciLCJuZXdz" +
    "Iiwid2Vla2x5Il0.CD1ZiicSRQcW5ifBSAOVAq_lnSXxeAJaoOLNmATn_MY";
  expect(tokenOf(old.url(grant))).toBe(token);
  expect(old.read(token)).toEqual(grant);
});

it("of before this version is read, and one of a later version stands for nothing here", () => {
  const signed = (payload: string) => {
    const text = Buffer.from(payload).toString("base64url");
    return `${text}.${createHmac("sha256", "a key").update(text).digest("base64url")}`;
  };
  expect(links.read(signed('["m","a@b.example","news",""]'))).toEqual({
    scope: defaultScope,
    messageId: "m",
    recipient: "a@b.example",
    list: "news",
    topic: undefined,
  });
  for (const later of [
    '{"v":3,"scope":1,"grant":["m","a@b.example","news",""]}',
    '{"v":2,"list":"news"}',
    '["m","a@b.example","news"]',
    '["m","a","news","",""]',
    "[1,2,3,4]",
  ]) {
    expect(links.read(signed(later))).toBeUndefined();
  }
});
