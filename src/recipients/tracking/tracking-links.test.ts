import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageId } from "../../events/message-id.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import { createTrackingLinks } from "./tracking-links.ts";
import { createTokenSealer, type Tracked } from "./tracking-token.ts";

const secret = Buffer.alloc(32, 7);
const links = createTrackingLinks(secret, () => "https://mail.example.com:8443");
const message = {
  scope: defaultScope,
  messageId: createMessageId(new Date("2026-11-24T10:00:00Z")),
  recipient: "ann@example.org",
};
const bases = { openBase: "http://t.example", clickBase: "https://t.example" };
const tokenOf = (url: string | undefined) => url?.slice(url.lastIndexOf("/") + 1) ?? "";

describe("tokens", () => {
  const sealer = createTokenSealer(secret);
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const tracked: fc.Arbitrary<Tracked> = fc
    .record({
      scope: fc.oneof(fc.constant(defaultScope), fc.nat()),
      messageId: fc.oneof(
        fc.date({ min: new Date(0), noInvalidDate: true }).map((date) => createMessageId(date)),
        fc.string({ unit: "grapheme" }),
      ),
      recipient: fc.string({ unit: "grapheme" }),
      link: fc.webUrl({ withQueryParameters: true, withFragments: true }),
      tags: fc.option(fc.dictionary(word, fc.array(word, { minLength: 1 }), { minKeys: 1 }), { nil: undefined }),
      open: fc.boolean(),
    })
    .map(({ scope, messageId, recipient, link, tags, open }) =>
      open ? { kind: "open", scope, messageId, recipient } : { kind: "click", scope, messageId, recipient, link, tags },
    );

  it("open to what was sealed, and are the same each time", () => {
    fc.assert(
      fc.property(tracked, (one) => {
        const token = sealer.seal(one);
        expect(token).toMatch(/^[\w-]+$/);
        expect(sealer.seal(one)).toBe(token);
        const opened = sealer.open(token);
        expect({ ...opened, tags: undefined }).toEqual({ ...one, tags: undefined });
        if (one.kind === "click") expect(opened).toHaveProperty("tags", one.tags && { ...one.tags });
      }),
    );
  });

  it("don't open where a bit is changed, something is cut off, or the secret is another", () => {
    const token = sealer.seal({ kind: "click", ...message, link: "https://a.example/", tags: { k: ["v"] } });
    const bytes = Buffer.from(token, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
      expect(sealer.open(changed.toString("base64url"))).toBeUndefined();
      expect(sealer.open(bytes.toString("base64url", 0, at))).toBeUndefined();
    }
    for (const spelling of [`${token}=`, `${token}A`, ` ${token}`, `${token}.`, bytes.toString("base64")]) {
      if (spelling !== token) expect(sealer.open(spelling)).toBeUndefined();
    }
    expect(createTokenSealer(Buffer.alloc(32)).open(token)).toBeUndefined();
  });

  it("open to nothing, whatever else is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(sealer.open(text)).toBeUndefined();
      }),
    );
  });

  it("show neither recipient nor target, and are short", () => {
    const token = sealer.seal({ kind: "click", ...message, link: "https://a.example/offer", tags: undefined });
    expect(Buffer.from(token, "base64url").toString("latin1")).not.toMatch(/ann|offer|example/);
    expect(token.length).toBeLessThan(100);
  });
});

describe("URLs", () => {
  it("are of one kind", () => {
    const { openUrl, clickUrl } = links.of(message, bases);
    expect(openUrl()).toMatch(/^http:\/\/t\.example\/o\/[\w-]+$/);
    const click = clickUrl("https://a.example/", undefined);
    expect(click).toMatch(/^https:\/\/t\.example\/c\/[\w-]+$/);
    expect(links.read("open", tokenOf(openUrl()))).toEqual({ kind: "open", ...message });
    expect(links.read("click", tokenOf(openUrl()))).toBeUndefined();
    expect(links.read("open", tokenOf(click))).toBeUndefined();
    expect(links.read("click", tokenOf(click))).toMatchObject({
      link: "https://a.example/",
      recipient: "ann@example.org",
    });
  });

  it("keep the link's own scheme where the base has none", () => {
    const { clickUrl } = links.of(message, { ...bases, clickBase: "//t.example" });
    expect(clickUrl("HTTP://a.example/", undefined)).toMatch(/^http:\/\/t\.example\/c\//);
    expect(clickUrl("https://a.example/", undefined)).toMatch(/^https:\/\/t\.example\/c\//);
  });

  it("are not made where they would be too long", () => {
    const { clickUrl } = links.of(message, bases);
    expect(clickUrl(`https://a.example/${"x".repeat(2000)}`, undefined)).toBeDefined();
    expect(
      clickUrl(`https://a.example/${"x".repeat(2000)}`, { long: Array(10).fill("x".repeat(200)) }),
    ).toBeUndefined();
  });

  it.each([
    ["https://a.example/", true],
    ["https://a.example/subscriptions/abc", true],
    ["https://mail.example.com:8443/other", true],
    ["https://mail.example.com:8443/subscriptions/abc", false],
    ["HTTPS://MAIL.example.com:8443/subscriptions/abc", false],
    ["https://mail.example.com:8443/c/abc", false],
  ])("%s: whether it is tracked", (url, tracked) => {
    expect(links.tracks(url)).toBe(tracked);
  });
});

describe("tokens that were made before", () => {
  const messageId = "010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000";
  const recipient = "ann@example.org";
  const click = {
    kind: "click",
    scope: defaultScope,
    messageId,
    recipient,
    link: "https://a.example/?b=c",
    tags: { k: ["v", "w"] },
  };
  it.each<[string, object]>([
    [
      "YXmH21R0TG_rS_c8DWNqSORDhr9nY6oGlAMeXmrbwi1O_9DKxizHgnqKp3tvUhjbbKaSza3ue5Q",
      { kind: "open", scope: defaultScope, messageId, recipient },
    ],
    [
      "weM9baM-v8sNIET55lcb32pLgL0Dgxm0IkKj7NBFdxD95phE-2lrCSpHLlDJg3NXox84",
      { kind: "open", scope: defaultScope, messageId: "of another make", recipient },
    ],
    ["2s77WzDgNG1qIErz0oEL1RMg5m6Cl7NQa6fqzfd-r5rq4GiDIz5ANDY8pk3N-0FC_cYdl2Jg8uA1vK8NVo4JaRRYxmp-KYXFzuh8G-AM", click],
  ])("still open: %s", (token, tracked) => {
    const opened = createTokenSealer(secret).open(token);
    expect(opened).toEqual(tracked);
    expect(opened && createTokenSealer(secret).seal(opened)).toBe(token);
  });
});
