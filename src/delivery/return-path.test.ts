import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageId, sentAtOf } from "../events/message-id.ts";
import { parseAddress } from "../mail/address.ts";
import { complaintToken, readComplaintToken, readReturnPath, returnPathOf, returnPathToken } from "./return-path.ts";

const secret = randomBytes(32);
const paths = fc.record({
  messageId: fc.date({ min: new Date(0), max: new Date(2 ** 48 - 1), noInvalidDate: true }).map(createMessageId),
  recipientIndex: fc.integer({ min: 0, max: 255 }),
});

/** The same text, each letter in a case of its own. */
function recased(text: string, upper: readonly boolean[]): string {
  return [...text].map((one, index) => (upper[index % upper.length] ? one.toUpperCase() : one)).join("");
}

describe("a return path", () => {
  it("is read back, whatever happens to its case and domain", () => {
    const cases = fc.array(fc.boolean(), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(paths, cases, (path, upper) => {
        const address = returnPathOf(path, "bounces.example.com", secret);
        expect(readReturnPath(recased(address, upper), secret)).toEqual(path);
        expect(readReturnPath(returnPathToken(path, secret), secret)).toEqual(path);
      }),
    );
  });

  it("is an address that any server takes", () => {
    fc.assert(
      fc.property(paths, (path) => {
        const { localPart, domain } = parseAddress(returnPathOf(path, "bounces.example.com", secret));
        expect(localPart).toMatch(/^b-[a-z2-7]{56}$/);
        expect(localPart.length).toBeLessThanOrEqual(64);
        expect(domain).toBe("bounces.example.com");
      }),
    );
  });

  it("tells when the message was sent", () => {
    const sentAt = new Date("2026-11-24T07:00:00.123Z");
    const address = returnPathOf({ messageId: createMessageId(sentAt), recipientIndex: 0 }, "example.com", secret);
    expect(sentAtOf(readReturnPath(address, secret)?.messageId ?? "")).toEqual(sentAt);
  });

  it("differs for each recipient and each message", () => {
    const [one, other] = [createMessageId(new Date()), createMessageId(new Date())];
    const addresses = [one, other].flatMap((messageId) =>
      [0, 1, 2].map((recipientIndex) => returnPathOf({ messageId, recipientIndex }, "example.com", secret)),
    );
    expect(new Set(addresses).size).toBe(6);
  });

  it("can't be forged: with any character changed, or under another secret, it is none", () => {
    const changes = fc.record({ at: fc.nat(57), by: fc.integer({ min: 1, max: 31 }) });
    const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    fc.assert(
      fc.property(paths, changes, (path, { at, by }) => {
        const token = returnPathToken(path, secret);
        const other = alphabet[(alphabet.indexOf(token[at] ?? "") + by) % 32];
        expect(
          readReturnPath(`${token.slice(0, at)}${other}${token.slice(at + 1)}@example.com`, secret),
        ).toBeUndefined();
        expect(readReturnPath(token, randomBytes(32))).toBeUndefined();
      }),
    );
  });

  it("is not seen in any other text", () => {
    const letters = fc.stringMatching(/^b-[a-z2-7]{56}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress(), letters), (text) => {
        expect(readReturnPath(text, secret)).toBeUndefined();
      }),
    );
    const token = returnPathToken({ messageId: createMessageId(new Date()), recipientIndex: 3 }, secret);
    for (const text of [` ${token}`, `${token}a`, token.slice(1), `${token}\n`, `x@${token}`, `${token}@a@b`, ""]) {
      expect(readReturnPath(text, secret)).toBeUndefined();
    }
  });

  it("is only made for message ids and recipients that there can be", () => {
    const messageId = createMessageId(new Date());
    for (const recipientIndex of [-1, 256, 0.5, Number.NaN]) {
      expect(() => returnPathOf({ messageId, recipientIndex }, "example.com", secret)).toThrow(RangeError);
    }
    for (const other of ["", "x", `${messageId}0`, messageId.slice(1), messageId.replace("-000000", "-000001")]) {
      expect(() => returnPathOf({ messageId: other, recipientIndex: 0 }, "example.com", secret)).toThrow(RangeError);
    }
  });
});

it("a complaint token is no return path, and a return path no complaint token", () => {
  const path = { messageId: createMessageId(new Date()), recipientIndex: 3 };
  const token = complaintToken(path, secret);
  expect(token).toMatch(/^c-[a-z2-7]{56}$/);
  expect(readComplaintToken(token.toUpperCase(), secret)).toEqual(path);
  expect(readComplaintToken(token, randomBytes(32))).toBeUndefined();
  for (const address of [token, token.replace(/^c/, "b")]) {
    expect(readReturnPath(`${address}@example.com`, secret)).toBeUndefined();
  }
  const other = returnPathToken(path, secret);
  for (const text of [other, other.replace(/^b/, "c")]) expect(readComplaintToken(text, secret)).toBeUndefined();
});

it("a return path that was made before is still read", () => {
  const key = Buffer.alloc(32, 7);
  const path = { messageId: "010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000", recipientIndex: 3 };
  const token = "b-agraul24afwqyxaopi7uwv44kq7wula2tmiahbuhoih5zkruo65h7xwr";
  expect(returnPathToken(path, key)).toBe(token);
  expect(readReturnPath(token, key)).toEqual(path);
});
