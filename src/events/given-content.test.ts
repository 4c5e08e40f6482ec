import { expect, test } from "vitest";
import { asGiven, givenRaw } from "./given-content.ts";

const stored = Buffer.from(
  "Message-ID: <id@x>\r\nDate: now\r\nFrom: a@example.com\r\nSubject: ü\r\n\r\nline\r\n\r\nlast\r\n",
);

test.each([
  ["LF", "Bcc: b@example.com\nFrom: a@example.com\nSubject: ü\n\nline\n\nlast\n"],
  ["CRLF", "From: a@example.com\r\nX-SES-TENANT: t\r\nSubject: ü\r\nDate: then\r\n\r\nline\r\n\r\nlast\r\n"],
])("restores raw content with %s", (_name, text) => {
  const given = givenRaw(Buffer.from(text));
  expect(given && asGiven(stored, given).toString()).toBe(text);
});

test("a long header is not recorded: the stored one is shown", () => {
  const given = givenRaw(Buffer.from(`From: a@example.com\nX-Long: ${"x".repeat(100_000)}\n\nline\n\nlast\n`));
  expect(given).toEqual({ header: undefined, lf: true });
  expect(given && asGiven(stored, given).toString()).toBe(stored.toString().replaceAll("\r\n", "\n"));
});

test("content without a body is its header", () => {
  const text = "From: a@example.com\n";
  const given = givenRaw(Buffer.from(text));
  expect(given && asGiven(Buffer.from("Message-ID: <i@x>\r\nFrom: a@example.com\r\n\r\n"), given).toString()).toBe(
    text,
  );
});
