/** Messages put together from lines at random: what another reader makes of them must not change but for what is tracked. */
import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import { expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { trackMessage } from "./track-message.ts";

const links = { tracks: () => true, clickUrl: () => "https://t.example/c", openUrl: () => "https://t.example/o" };

const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      "Content-Type: text/html",
      'Content-Type: text/html; charset="utf-8"',
      "Content-Type: multipart/mixed; boundary=b",
      'Content-Type: multipart/alternative; boundary="c"',
      "Content-Type: text/plain",
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: base64",
      "Content-Transfer-Encoding: quoted-printable",
      "Content-Transfer-Encoding: 8bit",
      "Content-Disposition: attachment; filename=a.txt",
      "Subject: x",
      " folded",
      "--b",
      "--c",
      "--b--",
      "--c--",
      "",
      "",
      "PGEgaHJlZj0iaHR0cHM6Ly9hLmV4YW1wbGUvIj4=",
      '<a href="https://a.example/">',
      "<a href=https://a.example/ ses:no-track",
      ">",
      "{{ses:openTracker}}--b",
      "=",
      "=3Ca href=3Dhttps://x.example=3E",
      "text",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);

/** The HTML without all that tracking adds, changes or removes: the attribute `ses:no-track` goes with its value. */
const bare = ({ html = "" }: Email) =>
  html
    .replaceAll(/<img src="https:\/\/t\.example\/o"[^>]*>/g, "")
    .replaceAll(/\{\{ses:openTracker\}\}|ses:no-track(\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?/g, "")
    .replaceAll(/"?https?:\/\/[^"<>\s]*"?/g, "")
    .replaceAll(/\s+/g, "");

const files = ({ attachments }: Email) =>
  attachments.map(({ filename, mimeType, content }) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
    return [filename, mimeType, bytes.toString("base64")];
  });

test("whatever the structure", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
      const head = "From: a@example.com\r\nMIME-Version: 1.0\r\n";
      const message = Buffer.from(head + lines.map((one) => one.replaceAll(/[\r\n]/g, "")).join("\r\n"));
      const tracked = trackMessage(message, { opens: true, clicks: true, links });
      if (tracked === message) return;
      const [before, after] = [await PostalMime.parse(message), await PostalMime.parse(tracked)];
      expect(bare(after)).toBe(bare(before));
      if (before.html === undefined) expect(after.text).toBe(before.text);
      expect(files(after)).toEqual(files(before));
      expect(after.headers.map(({ key }) => key)).toEqual(before.headers.map(({ key }) => key));
    }),
    { numRuns: runs(5000) },
  );
});
