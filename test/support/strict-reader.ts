/** For tests: reads messages by the letter of the RFCs, and refuses what lenient readers forgive. */
import { expect } from "vitest";

/** What RFC 5322 and 5321 want of every message, looked at in the bytes; returns the names of its fields. */
export function expectWellFormed(message: Buffer) {
  const text = message.toString("latin1");
  expect(message.every((byte) => byte > 0 && byte < 0x80)).toBe(true);
  expect(text).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
  for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const fields = head.split(/\r\n(?![ \t])/);
  for (const field of fields) expect(field).toMatch(/^[!-9;-~]+:/);
  for (const line of head.split("\r\n")) expect(line.trim()).not.toBe("");
  return fields.map((field) => field.slice(0, field.indexOf(":")));
}

/**
 * The leaf parts with their exact bytes, read by the letter of RFC 2045 and 2046. A reader of our own, since postal-mime
 * adds a line break to every part that is not in Base64.
 */
export function leafParts(message: Buffer | string): { type: string; bytes: Buffer }[] {
  const text = message.toString("latin1");
  const split = text.indexOf("\r\n\r\n");
  const head = `${text.slice(0, split)}\r\n`.replace(/\r\n[ \t]/g, " ");
  const body = text.slice(split + 4);
  const type = /^Content-Type: ([^;\r]+)/im.exec(head)?.[1] ?? "";
  if (type.startsWith("multipart/")) {
    const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? "";
    const parts = `\r\n${body}`.split(`\r\n--${boundary}`);
    expect(parts.at(-1)).toBe("--\r\n");
    return parts.slice(1, -1).flatMap((part) => {
      expect(part.startsWith("\r\n")).toBe(true);
      return leafParts(Buffer.from(part.slice(2), "latin1"));
    });
  }
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1];
  if (encoding === "base64") {
    for (const line of body.split("\r\n")) expect(line).toMatch(/^[A-Za-z0-9+/=]{0,76}$/);
    return [{ type, bytes: Buffer.from(body, "base64") }];
  }
  if (encoding === "7bit") return [{ type, bytes: Buffer.from(body, "latin1") }];
  expect(encoding).toBe("quoted-printable");
  for (const line of body.split("\r\n"))
    expect(line).toMatch(/^(?=.{0,76}$)(?:[!-<>-~ \t]|=[0-9A-F]{2})*(?<![ \t])=?$/);
  const decoded = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [{ type, bytes: Buffer.from(decoded, "latin1") }];
}
